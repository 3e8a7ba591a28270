"""Judges cases by the numeric checks, and counts: random cases here, guided ones in `guided`."""

from ..cases.batches import DRAWS_PER_CASE
from ..cases.case import Case
from ..cases.fitting import fit_case_sizes
from ..cases.literals import read_literals
from ..cases.sampling import draw_case, make_choice_source
from ..checks import NUMERIC_CHECKS
from ..checks.failure import CheckFailed
from ..errors import DeclarationError
from ..unit.subject import Subject
from ..verification.judge import judge_case
from .batch import BatchResult, CloseCall, FailedCase, select_closest_calls, select_first_failures


class BatchJudge:
    """Judges cases by the numeric checks, and counts; it continues after a failure."""

    def __init__(self, subject: Subject, found: BatchResult) -> None:
        self.subject = subject
        self.declaration = subject.declaration
        self.literals = read_literals(subject.unit, subject.declaration)
        self.found = found
        self.calls: list[CloseCall] = []
        self.failed_cases: list[FailedCase] = []

    def judge(self, case: Case) -> float | None:
        """Judge a case and return its error over tolerance, or infinity; None if the case is ill-conditioned."""
        found, result = self.found, judge_case(self.subject, case, NUMERIC_CHECKS)
        if result.skipped:
            found.skipped += 1
            return None
        if result.failed:
            finding = result.error.failure if isinstance(result.error, CheckFailed) else None
            verdict = "bad declaration" if isinstance(result.error, DeclarationError) else "wrong"
            verdict = finding.verdict if finding else verdict
            self.failed_cases.append(FailedCase(str(case), result.failed, verdict, str(result.error)))
            found.failed += 1
            ratio = finding.ratio if finding else float("inf")
        else:
            ratio = result.worst
            self.calls.append(CloseCall(ratio, case.scale, str(case)))
            found.passed += 1
            found.ratio_sum += ratio
        found.cases += 1
        return ratio

    def finish_batch(self, seconds: float) -> BatchResult:
        self.found.closest_calls, self.found.failures = (
            select_closest_calls(self.calls),
            select_first_failures(self.failed_cases),
        )
        self.found.seconds = seconds
        return self.found


def judge_random_case(judging: BatchJudge, seed: int, number: int) -> None:
    """Judge the case of a number: the first of a few candidates that is not ill-conditioned."""
    for k in range(DRAWS_PER_CASE * number, DRAWS_PER_CASE * (number + 1)):
        drawn = draw_case(judging.declaration, make_choice_source(seed, k), judging.literals)
        if judging.judge(fit_case_sizes(judging.declaration, drawn)) is not None:
            break
