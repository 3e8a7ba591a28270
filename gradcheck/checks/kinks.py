"""Skips cases at a kink of the reference, such as relu at 0: there the gradient is a convention, and judges differ."""

import numpy as np

from ..cases.arrays import Arrays, draw_normal
from ..errors import IllConditioned
from ..execution.run import Run

STEP = 2.0**-24
FAR = 2.0**-4
JUMP = 2.0**-10
"""A gradient that changes by this share of its size over a step of `STEP` jumps in between."""


def skip_kinks(run: Run) -> None:
    """Raise IllConditioned if the reference's gradient jumps at a case whose values are not random.

    A jump is measured against the largest gradient here, next to the case and at a point further away: a gradient that
    is 0 here and slightly different next to it may be smooth.
    """
    if not (run.case.values or run.case.same):
        return
    here, far = run.reference_result.gradients, find_gradients_beside(run, FAR)
    for step in (STEP, -STEP):
        beside = find_gradients_beside(run, step)
        for name, gradient in here.items():
            size = max(np.abs(g).max(initial=0.0) for g in (gradient, beside[name], far[name]))
            if not np.abs(beside[name] - gradient).max(initial=0.0) <= JUMP * size:
                raise IllConditioned(f"{name}, which has a kink here")


def find_gradients_beside(run: Run, step: float) -> Arrays:
    """Compute the reference's gradients at inputs that are moved by random numbers of this size."""
    moved = {
        n: a + step * draw_normal(run.case, f"kink.{n}", a.shape) if n in run.differentiable else a
        for n, a in run.wide_inputs.items()
    }
    return run.oracle.evaluate_reference(moved, run.wide_upstream).gradients
