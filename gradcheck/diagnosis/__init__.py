"""Where a wrong backward pass is wrong, which cases show it, and what the fault looks like."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

from ..cases.case import Case
from ..unit.subject import Subject
from .conclusions import Conclusions, draw_conclusions, find_first_wrong_lag
from .conditions import ValueCondition, find_value_conditions
from .conditions.thresholds import Threshold
from .error_map import ErrorMap, build_error_map
from .evidence import Evidence
from .failing import UNIT_ERRORS, fails_check
from .patterns.explanation import Explanation
from .patterns.matching import match_patterns
from .scope import find_wrong_elsewhere
from .triggers import find_triggers, grow_case
from .wording import describe_location

__all__ = ["Diagnosis", "describe_exception", "diagnose_fault"]


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a fault; as much as could be found out.

    case            the case that the map was made at: the smallest one grown, so that gates and lags can be told apart
    conditions      on values, that the failing cases meet and no other that was tried: any of them if they are
                    thresholds, else all
    other_triggers  what else a case must have to show the fault, in words
    error_map       the map of right and wrong, None where backward gives nothing that could be judged
    step_conclusions  what is concluded at T = 1, where the fault shows there
    elsewhere       gradients that are right at that case, and wrong at the case named
    explanation     the patterns that the gradients match to rounding, on three random cases, in every wrong tensor
    not_determined  what could not be found out, and why
    """

    case: Case
    conditions: tuple[ValueCondition, ...] = ()
    other_triggers: tuple[str, ...] = ()
    error_map: ErrorMap | None = None
    conclusions: Conclusions | None = None
    step_conclusions: Conclusions | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    explanation: Explanation | None = None
    not_determined: Mapping[str, str] = field(default_factory=dict)

    @property
    def pattern(self) -> str:
        """The explanation in words, empty where no known pattern matches."""
        return "" if self.explanation is None else str(self.explanation)

    @property
    def triggers(self) -> tuple[str, ...]:
        """All that a case must have to show the fault, conditions on values first."""
        return (*map(str, self.conditions), *self.other_triggers)

    @property
    def is_threshold(self) -> bool:
        """Whether it depends on thresholds which entries are wrong."""
        return any(isinstance(c, Threshold) for c in self.conditions)

    @property
    def location(self) -> str:
        """One line: inputs and gates, lags, outputs, and which cases show it."""
        parts = []
        if self.conclusions is not None and self.conclusions.wrong_blocks:
            found = describe_location(self.conclusions, self.step_conclusions, self.elsewhere, self.is_threshold)
            parts.append(found)
        if self.conditions:
            joint = " or " if self.is_threshold else " and "
            parts.append(f"only where {joint.join(map(str, self.conditions))}")
        if self.other_triggers:
            parts.append(f"only with {', '.join(self.other_triggers)}")
        return "; ".join(parts)


def diagnose_fault(subject: Subject, check: str, case: Case) -> Diagnosis:
    """Find out about the fault that makes a case fail a check.

    Less is found out of a unit that crashes, or returns what cannot be read; `not_determined` says why.  What is raised
    is a defect of this harness.
    """

    @cache
    def falling(address: str) -> bool:
        return fails_check(subject, check, Case.parse(address, subject.declaration))

    def fell(candidate: Case) -> bool:
        return falling(str(candidate))

    untold: dict[str, str] = {}
    found = Diagnosis(case, not_determined=untold)
    with note_undetermined(untold, "which cases show it"):
        found = replace(found, case=grow_case(case, fell))
        found = replace(found, conditions=find_value_conditions(subject, check, found.case))
        needed = find_triggers(subject, check, found.case, fell, found.conditions)
        found = replace(found, other_triggers=tuple(needed))
    if check == "forward" or found.case.dtype != "float64":
        return found
    with note_undetermined(untold, "where it is wrong"):
        cells = build_error_map(subject, found.case)
        found = replace(found, error_map=cells, conclusions=draw_conclusions(cells))
        one = replace(found.case, sizes={**found.case.sizes, "T": 1})
        if found.case.sizes.get("T", 1) > 1 and fell(one):
            found = replace(found, step_conclusions=draw_conclusions(build_error_map(subject, one)))
        right = found.conclusions.right_inputs if found.conclusions is not None else ()
        found = replace(found, elsewhere=find_wrong_elsewhere(subject, found.case, right))
    with note_undetermined(untold, "what it looks like"):
        lag = None if found.conclusions is None else find_first_wrong_lag(found.conclusions)
        return replace(found, explanation=match_patterns(Evidence(subject, found.case), lag))
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
