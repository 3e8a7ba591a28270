"""How the kill table is shown: a row for each defect when it is done, then the totals."""

from typing import Self

from ..zoo.kill_matrix import OURS, KillTable, Row, columns
from .terminal import Bar, console

MARKS = {True: "caught", False: "-", None: "n/a"}
NAME, WIDTH = 27, 6


class ZooDisplay(Bar):
    """Shows the table while it is made, on a terminal with a bar below it; on stderr where stdout has the JSON."""

    def __init__(self, total: int, to_stderr: bool = False) -> None:
        super().__init__(console(to_stderr), total)
        self.begun = 0

    def __enter__(self) -> Self:
        self.console.print(line("defect", columns()))
        return super().__enter__()

    def begin(self, name: str) -> None:
        """Note that a defect or a unit is begun."""
        self.show(name, self.begun)
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
