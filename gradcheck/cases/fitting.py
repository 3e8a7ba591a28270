"""Which sizes fit a declaration, and how many numbers its arrays have."""

import math
from collections.abc import Mapping
from dataclasses import replace

from ..unit.declaration import Declaration
from ..unit.dimension import Dimension
from .case import Case

MAX_ENLARGEMENTS = 64
"""By how much, at most, sizes are enlarged until every array has a shape."""


def fits(declaration: Declaration, sizes: Mapping[str, int]) -> bool:
    """Whether every array has a shape, and every integer a value, at these sizes."""
    if find_impossible(declaration, sizes) is not None:
        return False
    ranges = [i.range for i in declaration.inputs.values() if i.range is not None]
    return all(r.low.size(sizes) <= r.high.size(sizes) for r in ranges)


def count_entries(declaration: Declaration, sizes: Mapping[str, int]) -> int:
    """Count the numbers of all inputs and outputs."""
    specs = (*declaration.inputs.values(), *declaration.outputs.values())
    return sum(math.prod(spec.shape(sizes)) for spec in specs)


def fit_case_sizes(declaration: Declaration, case: Case) -> Case:
    """Enlarge the sizes of a case until every array has a shape; the case as it is if it has, or if none is found."""
    sizes = dict(case.sizes)
    for _ in range(MAX_ENLARGEMENTS):
        dimension = find_impossible(declaration, sizes)
        if dimension is None:
            return case if sizes == case.sizes else replace(case, sizes=sizes)
        now = evaluate(dimension, sizes)
        larger = (
            letter for letter in dimension.letters if evaluate(dimension, {**sizes, letter: sizes[letter] + 1}) > now
        )
        letter = next(larger, None)
        if letter is None:
            break
        sizes[letter] += 1
    return case


def find_impossible(declaration: Declaration, sizes: Mapping[str, int]) -> Dimension | None:
    """Find a dimension that is no size: such as `T-3` at T=2, or a quotient by 0."""
    specs = (*declaration.inputs.values(), *declaration.outputs.values())
    return next((d for spec in specs for d in spec.dimensions if evaluate(d, sizes) < 0), None)


def evaluate(dimension: Dimension, sizes: Mapping[str, int]) -> float:
    """The size of a dimension; a quotient by 0 is less than any."""
    try:
        return dimension.size(sizes)
    except ZeroDivisionError:
        return -math.inf


def describe_impossible(declaration: Declaration, sizes: Mapping[str, int]) -> str:
    """Say which dimension is no size; empty if all are."""
    dimension = find_impossible(declaration, sizes)
    if dimension is None:
        return ""
    size = evaluate(dimension, sizes)
    return f"the size {dimension} is {'a quotient by 0' if size == -math.inf else size} there"
