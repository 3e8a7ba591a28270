"""Where a wrong backward pass is wrong, which cases show it, and what the fault looks like."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

from ..cases.case import Case
from ..display import ShownInNotebook
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
class Diagnosis(ShownInNotebook):
    """What is known of a fault.  What could not be found out has its default.

    case              the case of the map: the smallest failing case, with larger sizes so that gates and lags differ
    conditions        on values: the cases that fail meet them, other cases that were tried do not.  A failing case
                      meets one of them if they are thresholds, else all
    other_triggers    what else a case must have to show the fault, in words
    error_map         which blocks of the Jacobian are right or wrong; None if backward returns nothing to judge
    conclusions       what the map says: which inputs, gates, lags and outputs are wrong
    step_conclusions  the same at T = 1; None if the fault does not show there
    elsewhere         by input, the id of another case at which its gradient is wrong: it is right at `case`
    explanation       the patterns that the gradients match to rounding, on three random cases, in every wrong tensor
    not_determined    what could not be found out, and why
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
        """All that a case must have to show the fault; conditions on values come first."""
        return (*map(str, self.conditions), *self.other_triggers)

    @property
    def is_threshold(self) -> bool:
        """Whether thresholds on values decide which entries are wrong."""
        return any(isinstance(c, Threshold) for c in self.conditions)

    @property
    def location(self) -> str:
        """Where the fault is, in one line: inputs and gates, lags, outputs, and which cases show it."""
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
    """Find out about the fault that makes a case fail the check named `check`.

    Less is found out about a unit that crashes, or whose results cannot be read; `not_determined` says why.  If this
    function raises an exception, that is a defect of this harness.
    """

    @cache
    def fails_case_id(case_id: str) -> bool:
        return fails_check(subject, check, Case.parse(case_id, subject.declaration))

    def fails(candidate: Case) -> bool:
        return fails_case_id(str(candidate))

    undetermined: dict[str, str] = {}
    found = Diagnosis(case, not_determined=undetermined)
    with note_undetermined(undetermined, "which cases show it"):
        found = replace(found, case=grow_case(case, fails))
        found = replace(found, conditions=find_value_conditions(subject, check, found.case))
        needed = find_triggers(subject, check, found.case, fails, found.conditions)
        found = replace(found, other_triggers=tuple(needed))
    if check == "forward" or found.case.dtype != "float64":
        return found
    with note_undetermined(undetermined, "where it is wrong"):
        cells = build_error_map(subject, found.case)
        found = replace(found, error_map=cells, conclusions=draw_conclusions(cells))
        one = replace(found.case, sizes={**found.case.sizes, "T": 1})
        if found.case.sizes.get("T", 1) > 1 and fails(one):
            found = replace(found, step_conclusions=draw_conclusions(build_error_map(subject, one)))
        right = found.conclusions.right_inputs if found.conclusions is not None else ()
        found = replace(found, elsewhere=find_wrong_elsewhere(subject, found.case, right))
    with note_undetermined(undetermined, "what it looks like"):
        lag = None if found.conclusions is None else find_first_wrong_lag(found.conclusions)
        return replace(found, explanation=match_patterns(Evidence(subject, found.case), lag))
    return found


@contextmanager
def note_undetermined(undetermined: dict[str, str], what: str) -> Iterator[None]:
    """Note why `what` could not be found out, if that is because of the unit."""
    try:
        yield
    except UNIT_ERRORS as error:
        undetermined[what] = describe_exception(error)


def describe_exception(error: BaseException) -> str:
    """Describe an exception in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
