"""Conditions on values that a case must meet to show the fault; they are searched before conditions on sizes."""

from contextlib import suppress

from ...cases.case import Case
from ...unit.subject import Subject
from ..failing import UNIT_ERRORS
from .integers import IntegerCondition, find_integer_conditions
from .named_values import NamedValues, list_named_values
from .thresholds import Threshold, find_thresholds

__all__ = ["ValueCondition", "find_value_conditions"]

ValueCondition = Threshold | NamedValues | IntegerCondition


def find_value_conditions(subject: Subject, check: str, case: Case) -> tuple[ValueCondition, ...]:
    """Find conditions on values, thresholds first: values that a case names, such as large ones, may only cross one."""
    thresholds: tuple[Threshold, ...] = ()
    if check != "forward" and case.dtype == "float64":
        # A unit that raises at these other cases, or returns what cannot be read, has no entries to tell apart.
        with suppress(*UNIT_ERRORS):
            thresholds = find_thresholds(subject, case)
    if thresholds:
        return thresholds
    named: list[ValueCondition] = [*list_named_values(subject.declaration, case)]
    return (*named, *find_integer_conditions(subject, check, case))
