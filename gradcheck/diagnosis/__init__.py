"""Where a wrong backward pass is wrong, which cases show it, and what the fault looks like."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

from ..cases.case import Case
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..exact import Tie, Unsupported
from ..execution.run import UnitRaised
from ..unit.subject import Subject
from .conclusions import Conclusions, draw_conclusions, find_first_wrong_lag
from .error_map import ErrorMap, build_error_map
from .evidence import Evidence
from .patterns.matching import match_patterns
from .triggers import fails_check, find_triggers, grow_case
from .wording import describe_location

__all__ = ["Diagnosis", "describe_exception", "diagnose_fault"]

UNIT_ERRORS = (
    UnitRaised,
    DeclarationError,
    IllConditioned,
    NotApplicable,
    Tie,
    Unsupported,
    IndexError,
    KeyError,
    ValueError,
)
"""What a wrong unit raises, or makes of what it returns; any other exception is a defect of this harness."""


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a fault; as much as could be found out.

    case      the case that the table was made at: the smallest one grown, so that gates and lags can be told apart
    needs     what a case must have to show the fault, in words
    table     the map of right and wrong, None where backward gives nothing that could be judged
    step      what is concluded at T = 1, where the fault shows there
    looks_like the pattern that the residual matches to rounding, on three random cases, in every wrong tensor
    untold    what could not be found out, and why
    """

    case: Case
    triggers: tuple[str, ...] = ()
    error_map: ErrorMap | None = None
    conclusions: Conclusions | None = None
    step_conclusions: Conclusions | None = None
    pattern: str = ""
    not_determined: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """One line: inputs and gates, lags, outputs, and which cases show it."""
        parts = []
        if self.conclusions is not None and self.conclusions.wrong_blocks:
            parts.append(describe_location(self.conclusions, self.step_conclusions))
        if self.triggers:
            parts.append(f"only with {', '.join(self.triggers)}")
        return "; ".join(parts)


def diagnose_fault(subject: Subject, rung: str, case: Case) -> Diagnosis:
    """Find out about the fault that makes a case fall from a check.

    A unit that crashes, or returns what cannot be read, is said less of, and `untold` says why.  What is raised is a
    defect of this harness.
    """

    @cache
    def falling(address: str) -> bool:
        return fails_check(subject, rung, Case.parse(address, subject.declaration))

    def fell(candidate: Case) -> bool:
        return falling(str(candidate))

    untold: dict[str, str] = {}
    found = Diagnosis(case, not_determined=untold)
    with note_undetermined(untold, "which cases show it"):
        found = replace(found, case=grow_case(case, fell))
        found = replace(found, triggers=tuple(find_triggers(subject, rung, found.case, fell)))
    if rung == "forward" or found.case.dtype != "float64":
        return found
    with note_undetermined(untold, "where it is wrong"):
        cells = build_error_map(subject, found.case)
        found = replace(found, error_map=cells, conclusions=draw_conclusions(cells))
        one = replace(found.case, sizes={**found.case.sizes, "T": 1})
        if found.case.sizes.get("T", 1) > 1 and fell(one):
            found = replace(found, step_conclusions=draw_conclusions(build_error_map(subject, one)))
    with note_undetermined(untold, "what it looks like"):
        lag = None if found.conclusions is None else find_first_wrong_lag(found.conclusions)
        return replace(found, pattern=match_patterns(Evidence(subject, found.case), lag))
    return found


@contextmanager
def note_undetermined(untold: dict[str, str], what: str) -> Iterator[None]:
    """Notes why `what` could not be found out, where that is on account of the unit."""
    try:
        yield
    except UNIT_ERRORS as error:
        untold[what] = describe_exception(error)


def describe_exception(error: BaseException) -> str:
    """An exception in a line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
