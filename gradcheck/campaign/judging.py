"""Judges case by case, numerically, and counts: drawn cases here, guided ones in `guided`."""

from ..cases.batches import DRAWS
from ..cases.case import Case
from ..cases.sampling import address, chooser
from ..checks import NUMERIC
from ..checks.finding import Fall
from ..errors import DeclarationError
from ..unit.subject import Subject
from ..verification.judge import judge_case
from .batch import Call, Fell, Found, closest, first_falls


class Judging:
    """Judges case by case, numerically, and counts; one that falls does not end it."""

    def __init__(self, subject: Subject, found: Found) -> None:
        self.subject = subject
        self.declaration = subject.declaration
        self.found = found
        self.calls: list[Call] = []
        self.falls: list[Fell] = []

    def judge(self, case: Case) -> float | None:
        """Error over tolerance, infinite where there is no number; None where the case cannot be judged."""
        found, result = self.found, judge_case(self.subject, case, NUMERIC)
        if result.skipped:
            found.redrawn += 1
            return None
        if result.failed:
            finding = result.error.finding if isinstance(result.error, Fall) else None
            verdict = "bad declaration" if isinstance(result.error, DeclarationError) else "wrong"
            verdict = finding.verdict if finding else verdict
            self.falls.append(Fell(str(case), result.failed, verdict, str(result.error)))
            found.fell += 1
            ratio = finding.ratio if finding else float("inf")
        else:
            ratio = result.worst
            self.calls.append(Call(ratio, case.scale, str(case)))
            found.passed += 1
            found.total += ratio
        found.cases += 1
        return ratio

    def conclude(self, seconds: float) -> Found:
        self.found.closest, self.found.falls = closest(self.calls), first_falls(self.falls)
        self.found.seconds = seconds
        return self.found


def draw(judging: Judging, seed: int, number: int) -> None:
    """Judge the case of that number: the first of a few addresses that can be judged."""
    for k in range(DRAWS * number, DRAWS * (number + 1)):
        if judging.judge(address(judging.declaration, chooser(seed, k))) is not None:
            break
