"""Finite differences of manual's forward, for where complex step does not apply: <u, f(x + hv) - f(x - hv)> / 2h.

They find a fault that the unit shares with its reference.  The slopes to both sides are compared too, and those over
twice the step: curvature, a kink nearby and rounding together change the difference by no more than these are apart.
"""

from collections.abc import Mapping

import numpy as np

from ..cases.arrays import Array
from ..execution.run import Run
from ..judges.complex_step import weight_by_upstream
from ..judges.oracle import Upstream
from ..unit.unrecorded import unrecorded
from .agreement import TERM_ROUNDING
from .terms import measure_natural_size, measure_terms

STEPS = (2.0**-20, 2.0**-18, 2.0**-16)
"""The steps h.  All must contradict the backward: with one of them it may be by chance."""
SAFETY_FACTOR = 8.0
ROUNDING = TERM_ROUNDING["float64"]
"""The rounding of an output, as a share of its size."""


def find_contradicting_slope(run: Run, direction: Mapping[str, Array], expected: float) -> float | None:
    """Return the slope of <u, outputs> along a direction if it cannot be the expected one; None if it may be."""
    magnitude = sum_magnitudes(run.wide_upstream, run.outputs)
    allowed = sum(float((run.gradient_tolerances.tolerance(n) * np.abs(v)).sum()) for n, v in direction.items())
    slope = None
    for step in STEPS:
        before, after = (measure_slope(run, direction, sign * step) for sign in (-1, 1))
        slope = (before + after) / 2
        uncertain = SAFETY_FACTOR * (abs(after - before) + ROUNDING * magnitude / step) + allowed
        if not abs(slope - expected) > uncertain:
            return None
        # An output may be a small difference of large terms, as 1 + erf(x) is.
        uncertain += SAFETY_FACTOR * ROUNDING * measure_output_terms(run) / step
        if not abs(slope - expected) > uncertain:
            return None
        # Where the curvature vanishes, as at the centre of tanh, the next order shows in a wider difference.
        uncertain += SAFETY_FACTOR * abs(measure_central_slope(run, direction, 2 * step) - slope)
        if not abs(slope - expected) > uncertain:
            return None
    return slope


def sum_magnitudes(upstream: Upstream, values: Mapping[str, Array]) -> float:
    """Return the sum of |u y| over all entries."""
    return float(sum(np.abs(u * values[n]).sum() for n, u in upstream.items() if u is not None))


def measure_output_terms(run: Run) -> float:
    """Estimate the size of the terms that are summed for the outputs, weighted as these are.

    A fused kernel of the reference shows no terms, and the unit may have others: they may be as large as the inputs.
    """
    given = [n for n, u in run.wide_upstream.items() if u is not None]
    sizes = {n: np.maximum(measure_terms(run, "output", n), measure_natural_size(run, "output", n)) for n in given}
    return sum_magnitudes(run.wide_upstream, sizes)


def measure_central_slope(run: Run, direction: Mapping[str, Array], step: float) -> float:
    """Return <u, f(x + step v) - f(x - step v)> / 2 step."""
    return (measure_slope(run, direction, -step) + measure_slope(run, direction, step)) / 2


def pull_back(run: Run, direction: Mapping[str, Array]) -> float:
    """Return <J^T u, v>, the derivative along a direction by manual's backward."""
    return float(sum((run.gradients[name] * v).sum() for name, v in direction.items()))


def measure_slope(run: Run, direction: Mapping[str, Array], step: float) -> float:
    """Return <u, f(x + step v) - f(x)> / step; outputs are subtracted before they are weighted."""
    moved = {n: run.wide_inputs[n] + step * v for n, v in direction.items()}
    with unrecorded():
        there, here = run.forward(run.wide_inputs | moved)[0], run.outputs
    changes = {n: (there[n] - here[n]) / step for n, u in run.wide_upstream.items() if u is not None}
    return weight_by_upstream(changes, run.wide_upstream)
