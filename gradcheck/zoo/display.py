"""How the kill table is shown: a row for each defect when it is done, then the totals."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .table import OURS, KillTable, Row, columns

MARKS = {True: "caught", False: "-", None: "n/a"}
NAME, WIDTH = 27, 6


class ZooDisplay:
    """Shows the table while it is made, on a terminal with a bar below it; on stderr where stdout has the JSON."""

    def __init__(self, total: int, to_stderr: bool = False) -> None:
        self.console = Console(stderr=to_stderr, highlight=False, soft_wrap=True)
        bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*bar, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.task = self.progress.add_task("", total=total)
        self.begun = 0

    def __enter__(self) -> "ZooDisplay":
        self.console.print(line("defect", columns()))
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def begin(self, name: str) -> None:
        """Note that a defect or a unit is begun."""
        self.progress.update(self.task, description=name, completed=self.begun)
        self.begun += 1

    def finish(self, row: Row) -> None:
        """Print the row of a defect that is done."""
        self.console.print(line(row.defect.name, cells(row)), markup=False)

    def conclude(self, table: KillTable) -> None:
        """Print the totals, and in full what this harness gets wrong."""
        print_line = self.console.print
        print_line()
        print_line(line("caught", ["{}/{}".format(*table.total(c)) for c in columns()]))
        if table.units:
            alarms = [f"{len(table.alarms[c])}/{len(table.units)}" for c in columns()]
            print_line(line("right units called wrong", alarms))
        for row in table.rows:
            if not row.ours:
                said = row.report.message or row.report.verdict
                print_line(f"\n{row.defect.name}: expected '{row.defect.expected[0]}', not: {said}", markup=False)
        for message in table.alarms[OURS].values():
            print_line("\n" + message, markup=False)


def cells(row: Row) -> list[str]:
    ours = row.rung if row.ours else "MISSED"
    return [ours, *(MARKS[row.caught[c]] for c in columns()[1:])]


def line(name: str, values: list[str]) -> str:
    return f"{name:<{NAME}}" + "".join(f"  {v:>{max(len(c), WIDTH)}}" for v, c in zip(values, columns(), strict=True))
