"""Which lines ran, and which lines an edit is on: a case that runs none of these cannot notice the edit."""

import ast
import sys
from collections.abc import Iterator, Set
from contextlib import contextmanager
from types import FrameType
from typing import Any

from ..edits import Edit, Source

LineSet = set[tuple[str, int]]


@contextmanager
def record_lines(files: Set[str], lines: LineSet) -> Iterator[None]:
    """Add every line of these files that runs to `lines`."""

    def event(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return here

    def here(frame: FrameType, event: str, _: Any) -> Any:
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return here

    before = sys.gettrace()
    sys.settrace(event)
    try:
        yield
    finally:
        sys.settrace(before)


def find_edit_lines(edit: Edit, source: Source) -> LineSet:
    """Find the lines of the statement that an edit is in; of a compound statement, only those of its head."""
    statement = find_statement(edit, source)
    body = getattr(statement, "body", None)
    return make_line_set(edit, statement, max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno)


def find_statement_lines(edit: Edit, source: Source) -> LineSet:
    """Find all lines of the statement that an edit is in, with those of its blocks: the edit may change which run."""
    statement = find_statement(edit, source)
    return make_line_set(edit, statement, statement.end_lineno)


def find_statement(edit: Edit, source: Source) -> ast.stmt:
    return [s for start, end, s in source.statements if start <= edit.start and edit.end <= end][-1]


def make_line_set(edit: Edit, statement: ast.stmt, last: int | None) -> LineSet:
    return {(edit.file, line) for line in range(statement.lineno, (last or statement.lineno) + 1)}
