"""A unit as exact arithmetic calls it: a function of the arrays of a case."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..exact.array import ExactArray, map_entries
from ..execution.run import Run
from ..unit.isolation import end_forked_children
from ..unit.partials import unwrap_partial


def bind_unit(run: Run) -> Any:
    """Make a function of the arrays alone of the unit, with the options of the case.

    An input for which the unit gives no gradient is held fixed: its tangent and its gradient are zero.
    """

    @functools.wraps(unwrap_partial(run.subject.unit))
    def unit(**inputs: Any) -> Any:
        held = {n: detach_array(inputs[n]) for n in run.declaration.missing if n in inputs}
        with end_forked_children():
            outputs, backward = run.subject.unit(**(inputs | held), **run.options)
        return outputs, add_zero_gradients(backward, held) if held else backward

    return unit


def add_zero_gradients(backward: Any, held: Mapping[str, Any]) -> Any:
    """Let a backward return zeros for the inputs that are held fixed."""
    return lambda upstream: backward(upstream) | {n: np.zeros(a.shape) for n, a in held.items()}


def detach_array(array: Any) -> Any:
    return ExactArray.wrap(map_entries(lambda e: e.detach(), array), array.carrier)
