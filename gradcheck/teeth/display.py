"""What `gradcheck teeth` shows: a progress bar and a table on a terminal, plain lines in a log; then the survivors."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .score import Teeth, said

HEADINGS = ("unit", "mutants", "killed", "equivalent", "survivors", "score", "time", "killed by")
WIDTHS = (24, 8, 8, 11, 10, 8, 9)


class Display:
    """Shows progress while mutants are tried, a row for each unit as it is done, and survivors at the end."""

    def __init__(self, to_stderr: bool = False) -> None:
        self.console = Console(stderr=to_stderr, highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.task = self.progress.add_task("", total=None)

    def __enter__(self) -> "Display":
        if not self.console.is_terminal:
            self.console.print(plain(HEADINGS))
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def advance(self, name: str, done: int, total: int) -> None:
        """Show how many mutants of a unit are decided."""
        self.progress.update(self.task, description=name, completed=done, total=total)

    def finish(self, teeth: Teeth) -> Teeth:
        """Note that a unit is done; in a log, print its row."""
        if not self.console.is_terminal:
            self.console.print(plain(row(teeth)), markup=False)
        return teeth

    def conclude(self, measured: list[Teeth]) -> None:
        """Print the table on a terminal, then what could not be measured, the survivors, and the sum."""
        if self.console.is_terminal:
            self.console.print(table(measured))
        for teeth in measured:
            if teeth.error:
                self.console.print(f"\n{teeth.error}", markup=False)
            for text in teeth.unseen:
                self.console.print(f"\n{text}", markup=False)
        seconds = sum(teeth.seconds for teeth in measured)
        self.console.print(f"\n{len(measured)} units: {said(measured)}, {seconds:.1f} s")


def row(teeth: Teeth) -> tuple[str, ...]:
    if teeth.verdict != "measured":
        return (teeth.name, *("-",) * 5, f"{teeth.seconds:.1f} s", teeth.verdict)
    tried = str(len(teeth.tried)) if len(teeth.tried) == teeth.mutants else f"{len(teeth.tried)}/{teeth.mutants}"
    score = "-" if teeth.score is None else percent(teeth.score)
    killed = teeth.killed
    numbers = (sum(killed.values()), len(teeth.of("equivalent")), len(teeth.survivors))
    by = ", ".join(f"{rung} {count}" for rung, count in killed.items())
    return (teeth.name, tried, *map(str, numbers), score, f"{teeth.seconds:.1f} s", by)


def percent(score: float) -> str:
    """Rounded down, so that 100 % means all."""
    return f"{int(1000 * score) / 10:g} %"


def plain(cells: tuple[str, ...]) -> str:
    padded = [f"{c:<{w}}" if k == 0 else f"{c:>{w}}" for k, (c, w) in enumerate(zip(cells, WIDTHS, strict=False))]
    return " ".join([*padded, " " + cells[-1]])


def table(measured: list[Teeth]) -> Table:
    result = Table(*HEADINGS, box=None, pad_edge=False, header_style="bold")
    for column in result.columns[1:-1]:
        column.justify = "right"
    for teeth in measured:
        *cells, by = row(teeth)
        result.add_row(*cells, Text(by, style="" if teeth.good else "bold red"))
    return result
