"""Ctrl-C and SIGTERM end what is under way, and leave time to say what is done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Interrupt:
    """The exit code that tells of it: 130 of Ctrl-C, 143 of SIGTERM; 0 where there was none."""

    code: int = 0

    def check(self) -> None:
        """KeyboardInterrupt if there was one: raised here, and not in the middle of a line that is printed."""
        if self.code:
            raise KeyboardInterrupt


@contextmanager
def catch_interrupts() -> Iterator[Interrupt]:
    """Notes the first Ctrl-C or SIGTERM in its block, which ends at the next check, or at once at the second."""
    interrupt = Interrupt()

    def stop(number: int, _: object) -> None:
        interrupt.check()
        interrupt.code = 128 + number

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
