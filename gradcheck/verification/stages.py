"""What a worker does of a unit: some of its cases, and in the end the verdict on all of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ..cases.batches import Range, ranges
from ..cases.case import Case
from ..checks import EXACT, LADDER, NUMERIC, RUNGS
from ..exact import CaseProof
from ..unit.subject import Subject
from ..verdict.report import Report, RungResult
from .examination import Examination, Progress

Step = Range | Literal["exact", "case"]


@dataclass(frozen=True)
class Asked:
    """What is asked of every unit: see `checking.examine`."""

    cases: int
    seed: int
    case: str | None
    exact: bool
    mutants: int | None

    @property
    def steps(self) -> list[Step]:
        """The parts of a unit's cases, in the order in which they count."""
        if self.case is not None:
            return ["case"]
        steps: list[Step] = [*ranges(self.cases)]
        return [*steps, "exact"] if self.exact else steps


@dataclass
class Part:
    """What was found over some of the cases of a unit; `fell` is the case that ended it, at the step `at`."""

    report: Report
    proofs: list[CaseProof] = field(default_factory=list)
    fell: Case | None = None
    at: Step = "case"


def part(subject: Subject, step: Step, asked: Asked, progress: Progress) -> Part:
    """Judge the cases of one step."""
    examination = Examination(subject, progress, exact=asked.exact)
    if isinstance(step, Range):
        examination.numeric(step, asked.seed)
    elif step == "exact":
        examination.exact(asked.seed)
        examination.report.cases = 0
    else:
        examination.judge(Case.parse(str(asked.case), subject.declaration))
    return Part(examination.found(), examination.proofs, examination.smallest, step)


def total(name: str, parts: Iterable[Part]) -> Part:
    """The sum of parts, up to the first in which a case fell; exact ones count where numeric cases could be judged."""
    whole = Part(Report(name, rungs=[RungResult(rung) for rung in RUNGS]))
    for some in parts:
        if some.at == "exact" and not whole.report.cases:
            break
        add(whole.report, some.report)
        whole.proofs += some.proofs
        whole.fell, whole.at = some.fell, some.at
        if not some.report.good:
            break
    return whole


def add(whole: Report, some: Report) -> None:
    for sums, result in zip(whole.rungs, some.rungs, strict=True):
        sums.add(result)
    if some.worst_case is not None and some.worst >= whole.worst:
        whole.worst, whole.worst_case = some.worst, some.worst_case
    whole.cases += some.cases
    whole.redrawn += some.redrawn
    whole.verdict, whole.finding, whole.smallest = some.verdict, some.finding, some.smallest
    whole.error, whole.message, whole.again = some.error, some.message, some.again
    whole.derivation, whole.notes = some.derivation, some.notes
    whole.reason, whole.certificate, whole.blame = some.reason, some.certificate, some.blame
    whole.seconds += some.seconds


def conclude(subject: Subject, whole: Part, asked: Asked, workers: int, progress: Progress) -> Report:
    """The verdict on a unit, all of whose cases were judged, or those up to one that fell."""
    examination = Examination(subject, progress)
    examination.report, examination.proofs = whole.report, whole.proofs
    if whole.fell is not None:
        examination.again(
            whole.fell, {"exact": EXACT, "case": LADDER if asked.exact else NUMERIC}.get(str(whole.at), NUMERIC)
        )
        if whole.at != "case" and examination.cause is not None:
            examination.shrink()
    elif whole.at == "exact" and asked.mutants != 0:
        examination.bite(asked.mutants, asked.seed, workers)
    report = examination.conclude()
    report.cause = None  # its traceback holds what cannot be sent
    return report
