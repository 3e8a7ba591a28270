"""Which sizes fit a declaration, and how many numbers its arrays have."""

import math
from collections.abc import Mapping

from ..unit.declaration import Declaration


def fits(declaration: Declaration, sizes: Mapping[str, int]) -> bool:
    """Whether every array has a shape, and every integer a value, at these sizes."""
    specs = (*declaration.inputs.values(), *declaration.outputs.values())
    if any(size < 0 for spec in specs for size in spec.shape(sizes)):
        return False
    ranges = [i.range for i in declaration.inputs.values() if i.range is not None]
    return all(r.low.size(sizes) <= r.high.size(sizes) for r in ranges)


def count_entries(declaration: Declaration, sizes: Mapping[str, int]) -> int:
    """Count the numbers of all inputs and outputs."""
    specs = (*declaration.inputs.values(), *declaration.outputs.values())
    return sum(math.prod(spec.shape(sizes)) for spec in specs)
