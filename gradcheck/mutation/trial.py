"""Tries one mutant: on numeric cases, the quick checks first; then, if it passes all of them, in exact arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..checks import EXACT_CHECKS, NUMERIC_CHECKS, Check
from ..checks.failure import CheckFailed
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from .baseline import Baseline, ExactCase, PassedCase
from .coverage import LineSet

QUICK_CHECKS = tuple(check for check in NUMERIC_CHECKS if check.name in ("shapes", "forward", "gradients"))
THOROUGH_CHECKS = tuple(check for check in NUMERIC_CHECKS if check not in QUICK_CHECKS)
MAX_THOROUGH_STEPS = 6
"""The thorough checks, which run a unit many times, are run on cases of at most this many steps."""


@dataclass(frozen=True)
class MutantOutcome:
    """The outcome of a mutant.

    killed      `by` a check, or "crash", "timeout", "memory"; at the case of that id.  By "unproved" where exact
                arithmetic, which decides on the unit, does not run on the mutant: it would agree, and not be proved
    equivalent  no check failed, and exact arithmetic decides at every case that runs the edited line that the gradients
                are those of the forward, and its cases run whatever numeric cases ran of the edited statement, bodies
                included: on the paths taken it is the unit's own backward, as a function.  What the gradient at a kink
                is, and how results are rounded, is no part of that
    not told apart
                as equivalent, but a part of the statement, which `reason` names, ran in no case in exact arithmetic: on
                the paths taken it is the unit's own backward, and nothing is known of the others
    survived    no check failed, and exact arithmetic does not decide; `reason` says why
    invalid     it does not compile to something that can take the place of what is loaded; `reason` says why
    """

    verdict: Literal["killed", "equivalent", "not told apart", "survived", "invalid"]
    killed_by: str = ""
    case: str = ""
    reason: str = ""


def try_numerically(bench: Baseline, cases: Iterable[PassedCase], lines: LineSet) -> MutantOutcome | None:
    """Return how the loaded mutant is killed; None if every case that runs one of the lines passes every check."""
    runs: list[tuple[Run, frozenset[str]]] = []
    for known in cases:
        if not lines.isdisjoint(known.lines):
            run = Run(bench.subject, known.case, oracle=known.oracle)
            killed = try_checks(run, QUICK_CHECKS, known.excused)
            if killed is not None:
                return killed
            if known.case.sizes.get("T", 1) <= MAX_THOROUGH_STEPS:
                runs.append((run, known.excused))
    kills = (try_checks(run, THOROUGH_CHECKS, excused) for run, excused in runs)
    return next((killed for killed in kills if killed is not None), None)


def try_checks(run: Run, checks: Sequence[Check], excused: frozenset[str]) -> MutantOutcome | None:
    """Return how a case kills the mutant; None if it passes the checks but those that are excused."""
    for check in checks:
        if check.name in excused:
            continue
        try:
            check.run(run)
        except (NotApplicable, IllConditioned):
            continue
        except (CheckFailed, DeclarationError):
            return MutantOutcome("killed", check.name, str(run.case))
        except UnitRaised as error:
            by = "memory" if isinstance(error.__cause__, MemoryError) else "crash"
            return MutantOutcome("killed", by, str(run.case))
    return None


def try_exactly(
    bench: Baseline, points: Sequence[ExactCase], lines: LineSet, needed: LineSet, unreached: Sequence[str] = ()
) -> MutantOutcome:
    """Decide whether the mutant is killed, equivalent, not told apart or survived.

    needed     the lines that must run in exact arithmetic for a decision
    unreached  what of the statement did not run in exact arithmetic, a sentence each
    """
    reached = LineSet().union(*(point.lines for point in points))
    missed = lines if lines.isdisjoint(reached) else needed - reached
    reasons: dict[str, None] = {}
    if missed:
        where = ", ".join(str(line) for _, line in sorted(missed))
        stopped = [point.decision.reason for point in points if point.decision.verdict == "undecided"]
        reasons = dict.fromkeys(stopped or [f"no case in exact arithmetic runs line {where}"])
    for point in points:
        if lines.isdisjoint(point.lines):
            continue
        decision = bench.decide(point.case)
        if decision.verdict == "different":
            return MutantOutcome("killed", EXACT_CHECKS[0].name, str(point.case))
        if point.decision.verdict == "equal" and not decision.ran:
            return MutantOutcome("killed", "unproved", str(point.case), decision.reason)
        if decision.verdict == "undecided":
            reasons[decision.reason] = None
    if reasons:
        return MutantOutcome("survived", reason="; ".join(reasons))
    return MutantOutcome("not told apart", reason="; ".join(unreached)) if unreached else MutantOutcome("equivalent")
