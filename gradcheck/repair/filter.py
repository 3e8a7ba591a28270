"""The right gradients in a few small cases, which a candidate must give before it goes through all checks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..cases.arrays import Array, CaseArrays, draw_arrays
from ..cases.case import Case
from ..checks import NUMERIC_CHECKS
from ..checks.failure import CheckFailed
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised, copy_case_arrays
from ..unit.subject import Subject

FILTER_CASE_COUNT = 4
FILTER_TOLERANCES = 1e3
"""The filter accepts errors of so many tolerances; the checks decide later."""


@dataclass(frozen=True)
class ExpectedGradients:
    """A case, the reference's gradients by name, and the error that the filter accepts in each."""

    case: Case
    arrays: CaseArrays
    expected: dict[str, Array]
    tolerances: dict[str, Array]

    def passes(self, subject: Subject) -> bool:
        """Whether the unit, as it is now, gives these gradients."""
        try:
            gradients = self.run(subject).gradients
        except (UnitRaised, DeclarationError, KeyError):
            return False
        return self.are_within_tolerance(gradients)

    def count_wrong_entries(self, subject: Subject) -> int:
        gradients = self.run(subject).gradients
        pairs = [(gradients[n], right, self.tolerances[n]) for n, right in self.expected.items()]
        return sum(int((~(np.abs(g - r) <= a)).sum()) if g.shape == r.shape else r.size for g, r, a in pairs)

    def run(self, subject: Subject) -> Run:
        """Run the case on copies of its arrays."""
        inputs, upstream = copy_case_arrays(self.arrays.inputs), copy_case_arrays(self.arrays.upstream)
        arrays = CaseArrays(self.arrays.inputs | inputs, self.arrays.options, {**self.arrays.upstream, **upstream})
        return Run(subject, self.case, arrays)

    def are_within_tolerance(self, gradients: dict[str, Array]) -> bool:
        return all(
            gradients[n].shape == right.shape and bool((np.abs(gradients[n] - right) <= self.tolerances[n]).all())
            for n, right in self.expected.items()
        )


class CandidateFilter:
    """The cases that a candidate must pass, first those that the unit fails, the smallest first."""

    def __init__(self, subject: Subject, cases: Iterable[Case], failing: Case, failed_check: str) -> None:
        """`failing` is a case that fails the check named `failed_check`."""
        self.subject, self.failing_case, self.failed_check = subject, failing, failed_check
        checks = [check for case in cases if (check := compute_expected_gradients(subject, case)) is not None]
        failed = [not check.passes(subject) for check in checks]
        self.failing = sorted((c for c, f in zip(checks, failed, strict=True) if f), key=lambda c: c.case.complexity)
        self.checks = [*self.failing, *(c for c, f in zip(checks, failed, strict=True) if not f)]

    def passes(self) -> bool:
        """Whether the unit, as it is now, passes every case, and the failing case up to the check that it failed."""
        return all(check.passes(self.subject) for check in self.checks) and self.passes_failing_case()

    def count_wrong_entries(self) -> int | None:
        """Count the wrong numbers of the gradients in the cases that the unit failed; None if it does not run."""
        try:
            return (
                sum(check.count_wrong_entries(self.subject) for check in self.failing[:FILTER_CASE_COUNT])
                if self.failing
                else None
            )
        except (UnitRaised, DeclarationError, KeyError):
            return None

    def passes_failing_case(self) -> bool:
        run = Run(self.subject, self.failing_case)
        for check in NUMERIC_CHECKS:
            try:
                check.run(run)
            except (CheckFailed, UnitRaised, DeclarationError, KeyError):
                return False
            except (NotApplicable, IllConditioned):
                continue
            if check.name == self.failed_check:
                return True
        return True

    def find_small_check(self) -> ExpectedGradients | None:
        """Find the smallest failing case with equal sizes, so that code with a wrong axis still runs."""
        letters = self.subject.declaration.letters
        shapes = [c.case for c in self.failing] or [self.failing_case]
        for steps in (1, 2, 3):
            sizes = {letter: steps if letter == "T" else 2 for letter in letters}
            for case in {str(c): c for c in (replace(c, sizes=sizes) for c in shapes)}.values():
                check = compute_expected_gradients(self.subject, case)
                if check is not None and not check.passes(self.subject):
                    return check
        return self.failing[0] if self.failing else None


def compute_expected_gradients(subject: Subject, case: Case) -> ExpectedGradients | None:
    """Compute the right gradients of a case; None if rounding is too large there."""
    run = Run(subject, case)
    try:
        tolerances = run.gradient_tolerances
        tolerances.refine(1)
    except IllConditioned:
        return None
    right = {n: run.reference_result.gradients[n] for n in run.differentiable}
    return ExpectedGradients(
        case,
        draw_arrays(subject.declaration, case),
        right,
        {n: FILTER_TOLERANCES * tolerances.tolerance(n) for n in run.differentiable},
    )
