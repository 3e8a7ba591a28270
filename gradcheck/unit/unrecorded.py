"""Runs of a unit on other numbers than those of a case, such as complex ones, are no evidence of what was judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Watcher(Protocol):
    """Watches what runs of a unit."""

    def save(self) -> Any:
        """Return what was seen so far."""

    def restore(self, saved: Any) -> None:
        """Forget what was seen since."""


WATCHERS: list[Watcher] = []
"""Those that watch now."""


@contextmanager
def unrecorded() -> Iterator[None]:
    """Let no watcher see what runs in the block."""
    saved = [(watcher, watcher.save()) for watcher in WATCHERS]
    try:
        yield
    finally:
        for watcher, seen in saved:
            watcher.restore(seen)
