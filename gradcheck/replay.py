"""What failed is judged first the next time: the failed cases of each unit, in an example database of Hypothesis."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase

    from .verdict.report import Report

MOST_REPLAYED = 10
"""So many cases of a unit are judged again, the shortest ids first."""
UNKNOWN = ("bad declaration", "not judged")
"""After these verdicts it is not known whether the cases that failed before still fail."""


class FailedCases:
    """The ids of the cases at which units failed, by the name of the unit; none if there is no database."""

    def __init__(self, database: "ExampleDatabase | None") -> None:
        self.database = database

    @classmethod
    def of_project(cls, root: Path) -> "FailedCases":
        """Those of a project, in the folder where Hypothesis keeps its own examples."""
        from hypothesis.database import DirectoryBasedExampleDatabase

        return cls(DirectoryBasedExampleDatabase(root / ".hypothesis" / "examples"))

    def read(self, unit: str) -> tuple[str, ...]:
        if self.database is None:
            return ()
        found = [value.decode(errors="replace") for value in self.database.fetch(make_key(unit))]
        return tuple(sorted(found, key=lambda case: (len(case), case))[:MOST_REPLAYED])

    def keep(self, unit: str, case: object) -> None:
        """Keep a case, or its id, at which a unit failed."""
        if self.database is not None:
            self.database.save(make_key(unit), str(case).encode())

    def note(self, report: "Report", replayed: Sequence[str]) -> None:
        """Keep the case at which a unit failed; forget those that were judged again if it did not."""
        if self.database is None or report.verdict in UNKNOWN:
            return
        key = make_key(report.name)
        if report.failure is None:
            for case in replayed:
                self.database.delete(key, case.encode())
        elif report.smallest is not None:
            self.keep(report.name, report.smallest)


def make_key(unit: str) -> bytes:
    return f"gradcheck {unit}".encode()


def read_all(failed: FailedCases, units: Sequence[Any]) -> dict[str, tuple[str, ...]]:
    """Read the failed cases of units by name; units without one are left out."""
    found = {unit.name: failed.read(unit.name) for unit in units}
    return {name: cases for name, cases in found.items() if cases}
