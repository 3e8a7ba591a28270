"""What every display is made of: a console, a bar that goes when it is done, rows of a log and of a table."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text


def make_console(to_stderr: bool = False) -> Console:
    """Plain text, its lines as long as they are."""
    return Console(stderr=to_stderr, highlight=False, emoji=False, soft_wrap=True)


class ProgressBar:
    """Progress on a terminal, nothing in a log."""

    def __init__(self, where: Console, total: int | None = None) -> None:
        self.console = where
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=where, transient=True, disable=not where.is_terminal)
        self.task = self.progress.add_task("", total=total)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def update(self, what: str, done: int, total: int | None = None) -> None:
        """What is under way, and how far it is; `total` where it is another than before."""
        self.progress.update(self.task, description=what, completed=done, total=total)


def format_log_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A row in a log: the first cell to the left, the others to the right, the last one as it is."""
    padded = [f"{c:<{w}}" if k == 0 else f"{c:>{w}}" for k, (c, w) in enumerate(zip(cells, widths, strict=False))]
    return " ".join([*padded, " " + cells[-1]])


def build_table(headings: Sequence[str], rows: Sequence[tuple[Sequence[str], str]]) -> Table:
    """Rows, each with the style of its last cell."""
    result = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for column in result.columns[1:-1]:
        column.justify = "right"
    for (*cells, last), style in rows:
        result.add_row(*cells, Text(last, style=style))
    return result
