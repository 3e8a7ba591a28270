"""An edit of a source file: it replaces one span of characters.  Mutants and patches are made of edits."""

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Edit:
    """Replaces the characters [start, end) of a file's source by `text`; `kind` names the operator that made it."""

    file: str
    start: int
    end: int
    text: str
    kind: str

    def apply(self, source: str) -> str:
        """Return the edited source."""
        return apply_edits([self], source)

    def line(self, source: str) -> int:
        """Return the line at which the replaced characters begin, counted from 1."""
        return len(source[: self.start].replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def diff(self, source: str, context: int = 1) -> str:
        """Return the unified diff of the file, with `context` lines around each change."""
        return format_diff([self], source, context)


def apply_edits(edits: Iterable[Edit], source: str) -> str:
    """Return the source of one file with all of its edits.  Raises ValueError if two of them overlap."""
    end = len(source)
    for edit in sorted(edits, key=lambda e: (e.start, e.end), reverse=True):
        if edit.end > end:
            raise ValueError(f"{edit.file}: two edits overlap at character {edit.end}; apply one of them")
        source, end = source[: edit.start] + edit.text + source[edit.end :], edit.start
    return source


def format_diff(edits: Iterable[Edit], source: str, context: int = 1) -> str:
    """Return the unified diff of one file with all of its edits, its path from the working folder; no final newline."""
    edits = list(edits)
    name = format_path(edits[0].file)
    old, new = (text.splitlines() for text in (source, apply_edits(edits, source)))
    return "\n".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", n=context, lineterm=""))


def format_path(file: str) -> str:
    """Return a file's path from the working folder, or its absolute path if it is not in there."""
    path = Path(os.path.abspath(file))
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()
