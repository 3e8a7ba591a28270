"""Ctrl-C and SIGTERM end the work under way; the results so far can still be shown."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Interrupt:
    """The exit code after an interrupt: 130 for Ctrl-C, 143 for SIGTERM; 0 if there was none."""

    code: int = 0

    def check(self) -> None:
        """Raise KeyboardInterrupt if there was an interrupt: here, and not in the middle of a printed line."""
        if self.code:
            raise KeyboardInterrupt


@contextmanager
def catch_interrupts() -> Iterator[Interrupt]:
    """Record the first Ctrl-C or SIGTERM in the block, which ends at the next check; a second one ends it at once."""
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
