"""A unit made ready for its mutants: what the reference says of a case, and which lines run, is worked out before."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..cases.case import Case
from ..checks import EXACT_CHECKS, NUMERIC_CHECKS
from ..checks.exact import bind_unit, list_upstream_names
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
"""Of the reference's rounding in each case: what is then off by 10^4 tolerances or more is no bad luck."""


class BaselineFailed(Exception):
    """The unit itself does not pass a case, which is its argument."""


@dataclass(frozen=True)
class PassedCase:
    """A numeric case that the unit passes, what the reference says there, and the lines of the unit that ran."""

    case: Case
    oracle: Oracle
    lines: LineSet


@dataclass(frozen=True)
class ExactCase:
    """A case in exact arithmetic, what is decided of the unit there, and the lines of the unit that ran."""

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
        """None where the case is ill-conditioned.  Wrong if the unit does not pass it."""
        run, lines = Run(self.subject, case), LineSet()
        try:
            require_pass(case, lambda: run.oracle.take_samples(REFERENCE_SAMPLES))
            for rung in NUMERIC_CHECKS:
                with contextlib.suppress(NotApplicable), record_lines(self.files, lines):
                    require_pass(case, lambda: rung.run(run))  # noqa: B023
        except IllConditioned:
            return None
        return PassedCase(case, run.oracle.make_closed(), lines)

    def run_exact_case(self, case: Case) -> ExactCase:
        """Wrong if the unit does not pass it."""
        lines = LineSet()
        with self.recorder.recording(), record_lines(self.files, lines):
            decision = self.decide(case)
        if decision.verdict == "different":
            require_pass(case, lambda: EXACT_CHECKS[0].run(Run(self.subject, case)))
        return ExactCase(case, decision, lines)

    def decide(self, case: Case) -> Decision:
        """What exact arithmetic decides of the unit as it stands, at one random point of a case."""
        run = Run(self.subject, case)
        try:
            return decide_adjoint(bind_unit(run), run.wide_inputs, list_upstream_names(run), seed=case.seed)
        except ValueError as error:
            return Decision("undecided", f"on exact numbers backward does not do what it declares ({error})")


def require_pass(case: Case, check: Callable[[], object]) -> None:
    try:
        check()
    except (CheckFailed, UnitRaised, DeclarationError) as error:
        raise BaselineFailed(str(case)) from error
