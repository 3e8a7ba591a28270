"""Judges case by case, numerically, and counts: drawn cases here, guided ones in `guided`."""

from ..cases.batches import DRAWS
from ..cases.case import Case
from ..cases.literals import literals_of
from ..cases.sampling import address, chooser
from ..checks import NUMERIC
from ..checks.finding import Fall
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Crash
from ..unit.subject import Subject
from ..verdict.report import RungResult
from ..verification.examination import Examination
from .batch import Call, Fell, Found, closest, first_falls


class Judging:
    """Judges case by case, numerically, and counts; one that falls does not end it."""

    def __init__(self, subject: Subject, found: Found) -> None:
        self.examination = Examination(subject, None, blame=False)
        self.examination.ladder = NUMERIC
        self.declaration = subject.declaration
        self.literals = literals_of(subject.unit, subject.declaration)
        self.found = found
        self.calls: list[Call] = []
        self.falls: list[Fell] = []

    def judge(self, case: Case) -> float | None:
        """Error over tolerance, infinite where there is no number; None where the case cannot be judged."""
        found = self.found
        try:
            ratio = self.examination.climb(case, [RungResult(rung.name) for rung in NUMERIC])
        except IllConditioned:
            found.redrawn += 1
            return None
        except (Fall, DeclarationError, Crash) as error:
            finding = error.finding if isinstance(error, Fall) else None
            verdict = "bad declaration" if isinstance(error, DeclarationError) else "wrong"
            rung = self.examination.rung.name
            self.falls.append(Fell(str(case), rung, finding.verdict if finding else verdict, str(error)))
            found.fell += 1
            ratio = finding.ratio if finding else float("inf")
        else:
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
        if judging.judge(address(judging.declaration, chooser(seed, k), judging.literals)) is not None:
            break
