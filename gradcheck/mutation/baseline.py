"""Prepares a unit for its mutants: computes the results of the reference, and the lines that run, once for all."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ..cases.case import Case
from ..checks import EXACT_CHECKS, NUMERIC_CHECKS
from ..checks.arbitration import arbitrate
from ..checks.exact import list_upstream_names
from ..checks.exact_unit import bind_unit
from ..checks.failure import CheckFailed
from ..edits import Region
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..exact.adjoint import Decision, decide_adjoint
from ..execution.run import Run, UnitRaised
from ..judges.oracle import Oracle
from ..reach import Recorder
from ..unit.subject import Subject
from .coverage import LineSet, record_lines

REFERENCE_SAMPLES = 5
"""Samples of the rounding of the reference in each case.  An error of 10^4 tolerances is then not bad luck."""


class BaselineFailed(Exception):
    """The unit itself fails a case; the argument is that case."""


@dataclass(frozen=True)
class PassedCase:
    """A numeric case that the unit passes, the results of the reference, and the lines of the unit that ran.

    `excused` are the checks that it passes only because its reference breaks the law too, or because of rounding: a
    mutant that fails these shows nothing.
    """

    case: Case
    oracle: Oracle
    lines: LineSet
    excused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ExactCase:
    """A case in exact arithmetic, the decision on the unit, and the lines of the unit that ran."""

    case: Case
    decision: Decision
    lines: LineSet


class Baseline:
    """A unit, the files of its backward, and what of its code ran in exact arithmetic."""

    def __init__(self, subject: Subject, regions: Sequence[Region]) -> None:
        self.subject = subject
        self.files = {region.source.file for region in regions}
        self.recorder = Recorder(subject)

    def run_numeric_case(self, case: Case) -> PassedCase | None:
        """Run the checks on a case; None if it is ill-conditioned.  Raise BaselineFailed if the unit fails it."""
        lines, excused = LineSet(), set[str]()
        try:
            run = Run(self.subject, case)
            require_pass(case, lambda: run.oracle.take_samples(REFERENCE_SAMPLES))
            for check in NUMERIC_CHECKS:
                with contextlib.suppress(NotApplicable), record_lines(self.files, lines):
                    try:
                        check.run(run)
                    except (CheckFailed, UnitRaised) as error:
                        require_pass(case, partial(arbitrate, run, check.name, error))
                        excused.add(check.name)
        except IllConditioned:
            return None
        return PassedCase(case, run.oracle.make_closed(), lines, frozenset(excused))

    def run_exact_case(self, case: Case) -> ExactCase:
        """Run a case in exact arithmetic.  Raise BaselineFailed if the unit fails it."""
        lines = LineSet()
        with self.recorder.recording(), record_lines(self.files, lines):
            decision = self.decide(case)
        if decision.verdict == "different":
            require_pass(case, lambda: EXACT_CHECKS[0].run(Run(self.subject, case)))
        return ExactCase(case, decision, lines)

    def decide(self, case: Case) -> Decision:
        """Decide in exact arithmetic whether the unit, as it is now, is right at one random point of a case."""
        run = Run(self.subject, case)
        try:
            return decide_adjoint(bind_unit(run), run.wide_inputs, list_upstream_names(run), seed=case.seed)
        except ValueError as error:
            return Decision("undecided", f"in exact arithmetic, backward does not return what it declares ({error})")


def require_pass(case: Case, check: Callable[[], object]) -> None:
    try:
        check()
    except (CheckFailed, UnitRaised, DeclarationError) as error:
        raise BaselineFailed(str(case)) from error
