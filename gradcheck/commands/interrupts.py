"""Ctrl-C and SIGTERM end what is under way, and leave time to say what is done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn


@dataclass
class Interrupt:
    """The exit code that tells of it: 130 of Ctrl-C, 143 of SIGTERM; 0 where there was none."""

    code: int = 0


@contextmanager
def interruptible() -> Iterator[Interrupt]:
    """Ends with its block at the first Ctrl-C or SIGTERM, and says so."""
    interrupt = Interrupt()

    def stop(number: int, _: object) -> NoReturn:
        interrupt.code = 128 + number
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    except KeyboardInterrupt:
        interrupt.code = interrupt.code or 130
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
