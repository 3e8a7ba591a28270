"""Results over many cases, which can be added up in any order, by any process."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..cases.case import Case
from ..checks import CHECK_NAMES
from ..exact import CaseProof
from ..reach import Reach
from .case_result import CaseResult, CheckResult
from .cover import Cover


def outranks_worst(ratio: float, case: Case | None, best: float, best_case: Case | None) -> bool:
    """Whether a ratio is worse than the worst so far.

    Of equal ratios the case whose id sorts first counts, so that the sum does not depend on the order of adding up.
    """
    if best_case is None or ratio != best:
        return best_case is None or ratio > best
    return case is not None and str(case) < str(best_case)


@dataclass
class WorstRatio:
    """The largest error over tolerance of a tensor over the cases that passed, and the case that has it.

    `steps` has the largest of each time step; it is empty for a tensor without a time axis.
    """

    ratio: float = 0.0
    case: Case | None = None
    steps: list[float] = field(default_factory=list)

    def note(self, ratio: float, case: Case | None, steps: Sequence[float]) -> None:
        if outranks_worst(ratio, case, self.ratio, self.case):
            self.ratio, self.case = ratio, case
        both = min(len(self.steps), len(steps))
        self.steps = [*map(max, self.steps, steps), *self.steps[both:], *steps[both:]]


@dataclass
class CheckSummary:
    """One check over all cases: how many passed, the worst error over tolerance, why it did not apply to the rest.

    `tensors` has the worst of each tensor that the check compares with another judge: outputs by name, gradients with a
    `d` before it.  For the check `mutation`, `passed` counts killed mutants and `failed` survivors.
    `explanations` counts the disagreements that are no fault, by what explains them.
    """

    name: str
    passed: int = 0
    failed: int = 0
    worst: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)
    tensors: dict[str, WorstRatio] = field(default_factory=dict)
    explanations: dict[str, int] = field(default_factory=dict)

    def note(self, found: CheckResult, case: Case) -> None:
        """Count the result of a case that did not fail the check."""
        if found.reason:
            self.reasons[found.reason] = self.reasons.get(found.reason, 0) + 1
            return
        self.passed += 1
        self.worst = max(self.worst, found.outcome.ratio)
        if text := found.outcome.explanation:
            self.explanations[text] = self.explanations.get(text, 0) + 1
        for name, comparison in found.outcome.compared.items():
            self.tensors.setdefault(name, WorstRatio()).note(comparison.ratio, case, comparison.steps)

    def add(self, other: "CheckSummary") -> None:
        """Add the counts of other cases."""
        self.passed += other.passed
        self.failed += other.failed
        self.worst = max(self.worst, other.worst)
        for reason, count in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count
        for text, count in other.explanations.items():
            self.explanations[text] = self.explanations.get(text, 0) + count
        for name, worst in other.tensors.items():
            self.tensors.setdefault(name, WorstRatio()).note(worst.ratio, worst.case, worst.steps)

    @property
    def status(self) -> str:
        """passed, failed, not applicable, or not reached."""
        if self.failed:
            return "failed"
        if self.passed:
            return "passed"
        return "not applicable" if self.reasons else "not reached"


def no_checks() -> dict[str, CheckSummary]:
    return {name: CheckSummary(name) for name in CHECK_NAMES}


@dataclass
class Tally:
    """The results of some cases of a unit, added up.

    cases        judged numerically, or by every check if the user named one case; without skipped ones
    exact_cases  judged in exact arithmetic alone
    skipped      ill-conditioned cases, which neither pass nor fail
    worst        the largest error over tolerance of the cases that passed, and `worst_case` which case that was
    failure      the case that failed; of several, the smallest
    imprecise    by case id, the digits that the unit loses there and its reference keeps
    unjudged     by reason, how many cases say nothing of the unit, and the smallest of them
    cover        the sizes at which it was judged
    reach        what ran of the unit's own code, None where that was not recorded
    """

    cases: int = 0
    exact_cases: int = 0
    skipped: int = 0
    checks: dict[str, CheckSummary] = field(default_factory=no_checks)
    worst: float = 0.0
    worst_case: Case | None = None
    proofs: list[CaseProof] = field(default_factory=list)
    failure: CaseResult | None = None
    imprecise: dict[str, str] = field(default_factory=dict)
    unjudged: dict[str, tuple[int, Case]] = field(default_factory=dict)
    cover: Cover = field(default_factory=Cover)
    reach: Reach | None = None

    def note(self, result: CaseResult) -> None:
        """Add the result of one case."""
        if result.unjudged:
            self.note_unjudged(result.unjudged, 1, result.case)
        if result.skipped:
            self.skipped += 1
        elif result.names == ["exact"]:
            self.exact_cases += 1
        else:
            self.cases += 1
        if not result.skipped and not result.failed:
            self.cover.note(result.case.sizes, exact=result.names == ["exact"])
        for found in result.results:
            self.checks[found.name].note(found, result.case)
            if found.outcome.imprecise:
                self.imprecise[str(result.case)] = found.outcome.imprecise
            if found.outcome.proof is not None and not result.failed:
                self.proofs.append(found.outcome.proof)
        if result.failed:
            self.checks[result.failed].failed += 1
            self.failure = smaller_failure(self.failure, result)
        elif not result.skipped and outranks_worst(result.worst, result.case, self.worst, self.worst_case):
            self.worst, self.worst_case = result.worst, result.case

    def note_unjudged(self, reason: str, count: int, case: Case) -> None:
        known, smallest = self.unjudged.get(reason, (0, case))
        self.unjudged[reason] = known + count, min(smallest, case, key=lambda c: (c.complexity, str(c)))

    def __add__(self, other: "Tally") -> "Tally":
        whole = Tally()
        for some in (self, other):
            whole.cases += some.cases
            whole.exact_cases += some.exact_cases
            whole.skipped += some.skipped
            whole.proofs += some.proofs
            whole.imprecise |= some.imprecise
            for reason, unjudged in some.unjudged.items():
                whole.note_unjudged(reason, *unjudged)
            whole.cover += some.cover
            whole.reach = add_reach(whole.reach, some.reach)
            whole.failure = smaller_failure(whole.failure, some.failure)
            if some.worst_case is not None and outranks_worst(
                some.worst, some.worst_case, whole.worst, whole.worst_case
            ):
                whole.worst, whole.worst_case = some.worst, some.worst_case
            for name, check in some.checks.items():
                whole.checks[name].add(check)
        whole.proofs.sort(key=lambda proof: proof.case_id)
        return whole


def add_reach(one: Reach | None, other: Reach | None) -> Reach | None:
    return one + other if one is not None and other is not None else one or other


def smaller_failure(one: CaseResult | None, other: CaseResult | None) -> CaseResult | None:
    both = [f for f in (one, other) if f is not None]
    return min(both, key=lambda f: (f.case.complexity, str(f.case)), default=None)
