"""A difference of the manual forward, asked where complex step does not apply: <u, f(x + hv) - f(x - hv)> / 2h.

Without it a reference that shares a fault with the unit would carry it.  The slopes to both sides are compared too: how
far they are apart is as much as curvature, a kink nearby and rounding together can put the difference off.
"""

from collections.abc import Mapping

import numpy as np

from ..cases.arrays import Array
from ..execution.run import Run
from ..judges.complex_step import weight_by_upstream
from .agreement import TERM_ROUNDING

STEPS = (2.0**-20, 2.0**-18, 2.0**-16)
"""All must contradict the backward: what one of them shows may be luck."""
SAFETY_FACTOR = 8.0
ROUNDING = TERM_ROUNDING["float64"]
"""Of an output, as a share of its size."""


def find_contradicting_slope(run: Run, direction: Mapping[str, Array], expected: float) -> float | None:
    """The slope of the weighted outputs along a direction where it cannot be the expected one; None where it may be."""
    magnitude = float(sum(np.abs(u * run.outputs[n]).sum() for n, u in run.wide_upstream.items() if u is not None))
    allowed = sum(float((run.gradient_tolerances.tolerance(n) * np.abs(v)).sum()) for n, v in direction.items())
    slope = None
    for step in STEPS:
        before, after = (measure_slope(run, direction, sign * step) for sign in (-1, 1))
        slope = (before + after) / 2
        uncertain = SAFETY_FACTOR * (abs(after - before) + ROUNDING * magnitude / step) + allowed
        if not abs(slope - expected) > uncertain:
            return None
    return slope


def measure_central_slope(run: Run, direction: Mapping[str, Array], step: float) -> float:
    """The slope between both sides of the case."""
    return (measure_slope(run, direction, -step) + measure_slope(run, direction, step)) / 2


def pull_back(run: Run, direction: Mapping[str, Array]) -> float:
    """<J^T u, v>: the derivative along a direction according to manual's backward."""
    return float(sum((run.gradients[name] * v).sum() for name, v in direction.items()))


def measure_slope(run: Run, direction: Mapping[str, Array], step: float) -> float:
    """<u, f(x + step v) - f(x)> / step; the numbers are subtracted before they are weighted."""
    moved = {n: run.wide_inputs[n] + step * v for n, v in direction.items()}
    there, here = run.forward(run.wide_inputs | moved)[0], run.outputs
    changes = {n: (there[n] - here[n]) / step for n, u in run.wide_upstream.items() if u is not None}
    return weight_by_upstream(changes, run.wide_upstream)
