"""Whether a unit's own forward has a corner at an entry: its slopes to both sides, at two distances."""

import numpy as np

from ..execution.run import Run, UnitRaised
from .differences import ROUNDING, measure_slope, sum_magnitudes

STEPS = (2.0**-16, 2.0**-20)
SAME_SLOPE = 2.0**-10
"""The central slopes at both distances are one if they differ by less than that share of them."""


def has_corner(run: Run, name: str, index: tuple[int, ...]) -> bool:
    """Whether the forward is not smooth along an entry of an input, as far as its floats show.

    If it is smooth, the slopes to both sides come together as the steps get smaller.
    """
    one = np.zeros(run.wide_inputs[name].shape)
    one[index] = 1
    try:
        sides = [[measure_slope(run, {name: one}, sign * step) for sign in (1, -1)] for step in STEPS]
    except UnitRaised:
        return True
    gaps, middles = [abs(a - b) for a, b in sides], [(a + b) / 2 for a, b in sides]
    noise = ROUNDING * sum_magnitudes(run.wide_upstream, run.outputs) / STEPS[1]
    if not abs(middles[0] - middles[1]) <= SAME_SLOPE * max(map(abs, middles)) + noise:
        return True
    return not gaps[1] <= max(gaps[0] / 4, noise)
