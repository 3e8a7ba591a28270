"""The output of `gradcheck zoo`: a row for each defect when it is done, then the totals."""

from typing import Self

from ..zoo.kill_matrix import HARNESS_COLUMN, DefectResult, KillMatrix, list_columns
from .terminal import ProgressBar, make_console

CATCH_MARKS = {True: "caught", False: "-", None: "n/a"}
NAME_WIDTH, COLUMN_WIDTH = 27, 6


class ZooDisplay(ProgressBar):
    """Shows the table row by row, on a terminal above a progress bar; on stderr if stdout gets the JSON."""

    def __init__(self, total: int, to_stderr: bool = False) -> None:
        super().__init__(make_console(to_stderr), total)
        self.begun = 0

    def __enter__(self) -> Self:
        self.console.print(format_zoo_line("defect", list_columns()))
        return super().__enter__()

    def begin(self, name: str) -> None:
        """Show that a defect or a unit is being judged."""
        self.update(name, self.begun)
        self.begun += 1

    def finish(self, row: DefectResult) -> None:
        """Print the row of a defect that is done."""
        self.console.print(format_zoo_line(row.defect.name, format_cells(row)), markup=False)

    def conclude(self, table: KillMatrix) -> None:
        """Print the totals, and each mistake of this harness in full."""
        print_line = self.console.print
        print_line()
        print_line(format_zoo_line("caught", ["{}/{}".format(*table.count_caught(c)) for c in list_columns()]))
        if table.units:
            alarms = [f"{len(table.false_alarms[c])}/{len(table.units)}" for c in list_columns()]
            print_line(format_zoo_line("right units called wrong", alarms))
        for row in table.rows:
            if not row.is_caught_by_harness:
                said = row.report.message or row.report.verdict
                print_line(
                    f"\n{row.defect.name}: expected '{row.defect.expected_verdicts[0]}', not: {said}", markup=False
                )
        for message in table.false_alarms[HARNESS_COLUMN].values():
            print_line("\n" + message, markup=False)


def format_cells(row: DefectResult) -> list[str]:
    ours = row.failed_check if row.is_caught_by_harness else "MISSED"
    return [ours, *(CATCH_MARKS[row.caught_by[c]] for c in list_columns()[1:])]


def format_zoo_line(name: str, values: list[str]) -> str:
    return f"{name:<{NAME_WIDTH}}" + "".join(
        f"  {v:>{max(len(c), COLUMN_WIDTH)}}" for v, c in zip(values, list_columns(), strict=True)
    )
