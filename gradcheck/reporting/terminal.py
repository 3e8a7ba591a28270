"""Parts of every display: a console, a progress bar that disappears at the end, rows of a log and of a table."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text


def make_console(to_stderr: bool = False) -> Console:
    """Make a console that prints plain text and does not wrap lines."""
    return Console(stderr=to_stderr, highlight=False, emoji=False, soft_wrap=True)


class ProgressBar:
    """Shows progress on a terminal, nothing in a log or a pipe, even if FORCE_COLOR asks for colors there."""

    def __init__(self, where: Console, total: int | None = None) -> None:
        self.console = where
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=where, transient=True, disable=not where.file.isatty())
        self.task = self.progress.add_task("", total=total)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def update(self, what: str, done: int, total: int | None = None) -> None:
        """Show what is under way and how much is done; `total` if it has changed."""
        self.progress.update(self.task, description=what, completed=done, total=total)


def format_log_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Format a row of a log: the first cell left-aligned, the last as it is, the others right-aligned."""
    padded = [f"{c:<{w}}" if k == 0 else f"{c:>{w}}" for k, (c, w) in enumerate(zip(cells, widths, strict=False))]
    return " ".join([*padded, " " + cells[-1]])


def build_table(headings: Sequence[str], rows: Sequence[tuple[Sequence[str], str]]) -> Table:
    """Build a table of rows, each with the style of its last cell."""
    result = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for column in result.columns[1:-1]:
        column.justify = "right"
    for (*cells, last), style in rows:
        result.add_row(*cells, Text(last, style=style))
    return result
