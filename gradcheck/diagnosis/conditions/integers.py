"""Conditions on integers and masks that hold in the cases that fail, and not in those that pass."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ...cases.arrays import Array, CaseArrays, draw_arrays
from ...cases.case import Case
from ...execution.run import Run
from ...unit.declaration import ArraySpec
from ...unit.subject import Subject
from ..failing import UNIT_ERRORS, fails_check

SEED_COUNT = 16
FEWEST = 2
"""How many cases must fail, and how many pass, before a condition that separates them is believed."""
ConditionKind = Literal["all high", "all low", "some high", "some low", "some below", "equal", "different"]
PREDICATES: Mapping[ConditionKind, Callable[[Array, int, int], bool]] = {
    "all high": lambda a, low, high: bool((a == high).all()),
    "all low": lambda a, low, high: bool((a == low).all()),
    "some high": lambda a, low, high: bool((a == high).any()),
    "some low": lambda a, low, high: bool((a == low).any()),
    "some below": lambda a, low, high: bool((a < high).any()),
    "equal": lambda a, low, high: bool((a == a.flat[0]).all()),
    "different": lambda a, low, high: not (a == a.flat[0]).all(),
}
INTEGER_TEXTS: Mapping[ConditionKind, str] = {
    "all high": "all {name} are {high}",
    "all low": "all {name} are {low}",
    "some high": "some {name} are {high}",
    "some low": "some {name} are {low}",
    "some below": "some {name} are below {high}",
    "equal": "all {name} are equal",
    "different": "not all {name} are equal",
}
MASK_TEXTS: Mapping[ConditionKind, str] = {
    "all high": "{name} is true everywhere",
    "all low": "{name} is false everywhere",
    "some high": "{name} is true somewhere",
    "some low": "{name} is false somewhere",
    "some below": "{name} is false somewhere",
    "equal": "{name} is the same everywhere",
    "different": "{name} is true somewhere and false somewhere",
}


@dataclass(frozen=True)
class IntegerCondition:
    """A condition on an integer input, or a mask, that holds in the cases that fail and in no other that was tried."""

    spec: ArraySpec
    kind: ConditionKind

    def __str__(self) -> str:
        bounds, name = self.spec.range, self.spec.name
        if bounds is None:
            return MASK_TEXTS[self.kind].format(name=name)
        return INTEGER_TEXTS[self.kind].format(name=name, low=bounds.low.text, high=bounds.high.text)


def find_integer_conditions(subject: Subject, check: str, case: Case) -> list[IntegerCondition]:
    """Find, for each array of integers and each mask, the condition that holds exactly in the failing cases."""
    found = []
    for name, spec in subject.declaration.inputs.items():
        named = name in dict(case.values) or name in case.absent or name in case.same
        if not named and spec.kind in ("int", "bool") and not spec.scalar:
            samples = [
                (a.inputs[name], judge_sample(subject, check, c, a)) for c, a in draw_samples(subject, case, name)
            ]
            found += find_condition(spec, case, [(values, failed) for values, failed in samples if failed is not None])
    return found


def judge_sample(subject: Subject, check: str, case: Case, arrays: CaseArrays) -> bool | None:
    """Whether a case fails; None if it passes only because all gradients are 0, as where a mask is false everywhere."""
    if fails_check(subject, check, case, arrays):
        return True
    try:
        expected = Run(subject, case, arrays).reference_result.gradients
    except UNIT_ERRORS:
        return None
    return False if any(g.any() for g in expected.values()) else None


def impose_conditions(
    subject: Subject, case: Case, conditions: Iterable[IntegerCondition]
) -> list[tuple[Case, CaseArrays]]:
    """Set the inputs to the end of their range at which the conditions hold."""
    arrays = draw_arrays(subject.declaration, case)
    inputs = dict(arrays.inputs)
    for condition in conditions:
        name, (low, high) = condition.spec.name, get_bounds(condition.spec, case)
        inputs[name] = np.full_like(inputs[name], high if condition.kind.endswith("high") else low)
    return [(case, replace(arrays, inputs=inputs))]


def draw_samples(subject: Subject, case: Case, name: str) -> Iterator[tuple[Case, CaseArrays]]:
    """Draw the case under several seeds; under the first, also with the input at either end of its range."""
    low, high = get_bounds(subject.declaration.inputs[name], case)
    for k in range(SEED_COUNT):
        drawn = replace(case, seed=case.seed + k)
        arrays = draw_arrays(subject.declaration, drawn)
        yield drawn, arrays
        if k < FEWEST:
            for end in (low, high):
                values = np.full_like(arrays.inputs[name], end)
                yield drawn, replace(arrays, inputs={**arrays.inputs, name: values})


def find_condition(spec: ArraySpec, case: Case, samples: list[tuple[Array, bool]]) -> list[IntegerCondition]:
    """Find the first condition that holds exactly where the case fails; none if too few cases fail, or too few pass."""
    failing = sum(failed for _, failed in samples)
    if not FEWEST <= failing <= len(samples) - FEWEST or any(not values.size for values, _ in samples):
        return []
    bounds = get_bounds(spec, case)
    for kind, holds in PREDICATES.items():
        if all(holds(values, *bounds) == failed for values, failed in samples):
            return [IntegerCondition(spec, kind)]
    return []


def get_bounds(spec: ArraySpec, case: Case) -> tuple[int, int]:
    """Return the smallest and the largest value that the input may have; 0 and 1 for a mask."""
    return (0, 1) if spec.range is None else (spec.range.low.size(case.sizes), spec.range.high.size(case.sizes))
