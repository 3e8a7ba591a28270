"""A unit made ready for its mutants: what the reference says of a case, and which lines run, is worked out before."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..cases.case import Case
from ..checks import EXACT, NUMERIC
from ..checks.exact import bound, upstreams
from ..checks.finding import Fall
from ..edits import Region
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..exact.adjoint import Decision, decide
from ..execution.run import Crash, Run
from ..judges.oracle import Oracle
from ..unit.subject import Subject
from .coverage import Lines, watching

SAMPLES = 5
"""Of the reference's rounding in each case: what is then off by 10^4 tolerances or more is no bad luck."""


class Wrong(Exception):
    """The unit itself does not pass a case, which is its argument."""


@dataclass(frozen=True)
class Known:
    """A numeric case that the unit passes, what the reference says there, and the lines of the unit that ran."""

    case: Case
    oracle: Oracle
    lines: Lines


@dataclass(frozen=True)
class Point:
    """A case in exact arithmetic, what is decided of the unit there, and the lines of the unit that ran."""

    case: Case
    decision: Decision
    lines: Lines


class Bench:
    """A unit and the files of its backward."""

    def __init__(self, subject: Subject, regions: Sequence[Region]) -> None:
        self.subject = subject
        self.files = {region.source.file for region in regions}

    def known(self, case: Case) -> Known | None:
        """None where the case is ill-conditioned.  Wrong if the unit does not pass it."""
        run, lines = Run(self.subject, case), Lines()
        try:
            passed(case, lambda: run.oracle.learn(SAMPLES))
            for rung in NUMERIC:
                with contextlib.suppress(NotApplicable), watching(self.files, lines):
                    passed(case, lambda: rung.climb(run))  # noqa: B023
        except IllConditioned:
            return None
        return Known(case, run.oracle.closed(), lines)

    def point(self, case: Case) -> Point:
        """Wrong if the unit does not pass it."""
        lines = Lines()
        with watching(self.files, lines):
            decision = self.decide(case)
        if decision.verdict == "different":
            passed(case, lambda: EXACT[0].climb(Run(self.subject, case)))
        return Point(case, decision, lines)

    def decide(self, case: Case) -> Decision:
        """What exact arithmetic decides of the unit as it stands, at one random point of a case."""
        run = Run(self.subject, case)
        try:
            return decide(bound(run), run.wide_inputs, upstreams(run), seed=case.seed)
        except ValueError as error:
            return Decision("undecided", f"on exact numbers backward does not do what it declares ({error})")


def passed(case: Case, check: Callable[[], object]) -> None:
    try:
        check()
    except (Fall, Crash, DeclarationError) as error:
        raise Wrong(str(case)) from error
