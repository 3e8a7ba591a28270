"""The kill matrix: which design catches which defect, and which right units it calls wrong."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..diagnosis import Diagnosis, diagnose_fault
from ..unit.subject import Subject
from ..verdict.report import Report
from ..verification.api import examine, prove
from .baselines import TEST_DESIGNS, TestDesign
from .defect import Defect

DEFECT_CASES = 100
RIGHT_UNIT_CASES = 5
"""How many random cases a defect has, which fails one of the first, and a right unit, which has to pass all."""
HARNESS_COLUMN = "this harness"


@dataclass(frozen=True)
class DefectResult:
    """A defect, what this harness says of it, and which designs catch it (None: the design does not apply to it).

    `diagnosis` says where the fault is; it is None unless the verdict is `wrong`.
    """

    defect: Defect
    report: Report
    caught_by: dict[str, bool | None]
    diagnosis: Diagnosis | None = None

    @property
    def is_caught_by_harness(self) -> bool:
        return self.report.verdict in self.defect.expected_verdicts

    @property
    def failed_check(self) -> str:
        """The name of the check that caught it; empty if none did."""
        return next((r.name for r in self.report.checks if r.failed), "")

    @property
    def above_tolerance(self) -> list[str]:
        """The gradients, or outputs, that are above tolerance at the smallest case."""
        comparisons = self.report.failure.comparisons if self.report.failure else ()
        return [c.name for c in comparisons if c.ratio > 1]

    @property
    def caught(self) -> dict[str, bool | None]:
        """Which designs catch it, this harness among them."""
        return {HARNESS_COLUMN: self.is_caught_by_harness} | self.caught_by


@dataclass(frozen=True)
class DesignTotals:
    """A design: what it does, how many defects it caught, of how many, and which right units it calls wrong."""

    name: str
    what: str
    caught: int
    of: int
    false_alarms: dict[str, str]
    seconds: float


@dataclass
class KillMatrix:
    """The results on all defects, in the order of the zoo; by design, the right units that it calls wrong, and why."""

    cases: int
    unit_cases: int
    rows: list[DefectResult] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    false_alarms: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in list_columns()})
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(list_columns(), 0.0))

    @property
    def is_perfect(self) -> bool:
        """Whether this harness catches every defect and passes every right unit."""
        return all(row.is_caught_by_harness for row in self.rows) and not self.false_alarms[HARNESS_COLUMN]

    def count_caught(self, column: str) -> tuple[int, int]:
        """How many defects the column catches, and of how many."""
        cells = [row.caught[column] for row in self.rows]
        return sum(c is True for c in cells), sum(c is not None for c in cells)

    @property
    def designs(self) -> list[DesignTotals]:
        ours = f"its checks, at {self.cases} random cases a defect and {self.unit_cases} a right unit, then exact ones"
        what = {HARNESS_COLUMN: ours} | {d.name: d.what for d in TEST_DESIGNS}
        return [
            DesignTotals(name, what[name], *self.count_caught(name), self.false_alarms[name], self.seconds[name])
            for name in list_columns()
        ]


def list_columns() -> list[str]:
    return [HARNESS_COLUMN, *(d.name for d in TEST_DESIGNS)]


def build_kill_matrix(
    defects: Sequence[Defect],
    units: Sequence[Subject],
    *,
    cases: int = DEFECT_CASES,
    unit_cases: int = RIGHT_UNIT_CASES,
    seed: int = 0,
    begin: Callable[[str], None] = lambda name: None,
    finish: Callable[[DefectResult], None] = lambda row: None,
) -> KillMatrix:
    """Judge every defect and every right unit by this harness and by every design.

    `begin` is called with the name of each when it is begun, `finish` with the row of each defect when it is done.
    """
    table = KillMatrix(cases, unit_cases)
    for defect in defects:
        begin(defect.name)
        subject = defect.subject
        report = time_column(table, HARNESS_COLUMN, partial(examine, subject, cases=cases, seed=seed, diagnose=False))
        caught = {d.name: catches_defect(table, d, defect, subject) for d in TEST_DESIGNS}
        table.rows.append(DefectResult(defect, report, caught, diagnose_report(subject, report)))
        finish(table.rows[-1])
    for subject in units:
        begin(subject.name)
        table.units.append(subject.name)
        report = time_column(table, HARNESS_COLUMN, partial(judge_right_unit, subject, unit_cases, seed))
        if not report.good:
            table.false_alarms[HARNESS_COLUMN][subject.name] = report.message
        for design in TEST_DESIGNS:
            words = time_column(table, design.name, partial(design.find_complaint, subject))
            if words:
                table.false_alarms[design.name][subject.name] = words
    return table


def diagnose_report(subject: Subject, report: Report) -> Diagnosis | None:
    """Diagnose the fault after the verdict: only the verdict is timed."""
    if report.verdict != "wrong" or report.failure is None or report.smallest is None:
        return None
    return diagnose_fault(subject, report.failure.check, report.smallest)


def judge_right_unit(subject: Subject, cases: int, seed: int) -> Report:
    """Judge a right unit by every check, at as many exact cases as numeric ones."""
    report = examine(subject, cases=cases, seed=seed, exact=False)
    return prove(subject, cases=cases, seed=seed) if report.good else report


def catches_defect(table: KillMatrix, design: TestDesign, defect: Defect, subject: Subject) -> bool | None:
    """Whether a design catches a defect; None if the backward is right and the design looks at nothing else."""
    if defect.at_fault != "backward" and not design.needs_reference:
        return None
    return bool(time_column(table, design.name, partial(design.find_complaint, subject)))


def time_column(table: KillMatrix, column: str, action: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    try:
        return action()
    finally:
        table.seconds[column] += time.perf_counter() - started
