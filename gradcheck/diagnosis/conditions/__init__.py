"""Conditions on values that a fault needs; they are looked for before conditions on sizes."""

from ...cases.case import Case
from ...unit.subject import Subject
from .integers import IntegerCondition, find_integer_conditions
from .named_values import NamedValues, list_named_values
from .thresholds import Threshold, find_thresholds

__all__ = ["ValueCondition", "find_value_conditions"]

ValueCondition = Threshold | NamedValues | IntegerCondition


def find_value_conditions(subject: Subject, check: str, case: Case) -> tuple[ValueCondition, ...]:
    """Thresholds first: values that a case names, such as large ones, may only be the way over a threshold."""
    thresholds = find_thresholds(subject, case) if check != "forward" and case.dtype == "float64" else ()
    if thresholds:
        return thresholds
    named: list[ValueCondition] = [*list_named_values(subject.declaration, case)]
    return (*named, *find_integer_conditions(subject, check, case))
