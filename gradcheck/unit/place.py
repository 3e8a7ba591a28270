"""A line of a user's file, and the place where an import failed."""

import os
import re
from typing import NamedTuple

from ..errors import DeclarationError

TRACE_LINE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')


class Place(NamedTuple):
    """A line of a file, counted from 1, and its text."""

    file: str
    line: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f"  {self.text}" if self.text else "")


def read_place(found: re.Match[str] | None) -> Place | None:
    """Make a place of a match with the groups `file`, `line` and perhaps `text`."""
    if found is None:
        return None
    return Place(shorten_path(found["file"]), int(found["line"]), found.groupdict().get("text") or "")


def find_traced_line(error: DeclarationError) -> Place | None:
    """Find the last line of the user's files in the traceback of an import that failed."""
    *_, last = [None, *TRACE_LINE.finditer(error.trace)]
    return read_place(last)


def shorten_path(file: str) -> str:
    """Return a path relative to the working folder if the file is in it."""
    shown = os.path.relpath(file)
    return file if shown.startswith(os.pardir) else shown
