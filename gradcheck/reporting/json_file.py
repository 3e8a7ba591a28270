"""Writes JSON to a file or to standard output; a file that cannot be written is refused before anything is judged."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..files import write_whole
from ..unit.discovery import UsageError


def check_writable(file: Path | None, option: str = "--json") -> None:
    if file is None or (str(file) == "-" and option == "--json"):
        return
    new = not file.exists()
    try:
        if new or file.is_file():
            file.open("a").close()  # the only sure sign: what access rights say need not be so
            tempfile.TemporaryFile(dir=file.resolve().parent).close()
        if new:
            file.unlink()
    except OSError as error:
        raise unwritable(f"{option} {file}", error) from error
    if file.is_dir():
        raise unwritable(f"{option} {file}", IsADirectoryError(0, "Is a directory"))


def unwritable(value: str, error: OSError) -> UsageError:
    return UsageError(value, f"it cannot be written ({error.strerror})", "name a file in a folder that exists")


def write_json(command: str, file: Path, **content: object) -> None:
    """Write what a command found, as `documents` describes it.  UsageError where the file cannot be written."""
    from .documents import format_document

    text = format_document(command, content)
    if str(file) == "-":
        sys.stdout.write(text)
        return
    write_result(file, text)


def write_result(file: Path, text: str, option: str = "--json") -> None:
    """Write a file of results whole.  UsageError where it cannot be written: what was there before is there still."""
    try:
        write_whole(file, text)
    except OSError as error:
        raise unwritable(f"{option} {file}", error) from error


@contextmanager
def write_all() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Let one file that cannot be written not keep the others from it; raise the first UsageError at the end."""
    failed: list[UsageError] = []

    def write(action: Callable[[], None]) -> None:
        try:
            action()
        except UsageError as error:
            failed.append(error)

    yield write
    if failed:
        raise failed[0]
