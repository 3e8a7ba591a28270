"""Cases at a kink of the reference are skipped: there the gradient is a convention, so no judge can be right."""

import numpy as np

from ..cases.arrays import draw_normal
from ..errors import IllConditioned
from ..execution.run import Run

STEP = 2.0**-24
JUMP = 2.0**-10
"""A gradient that changes by this share of its size over a step of `STEP` jumps in between."""


def skip_kinks(run: Run) -> None:
    """Raise IllConditioned if the reference's gradient jumps at a case whose values are not random."""
    if not (run.case.values or run.case.same):
        return
    here = run.reference_result.gradients
    for sign in (1, -1):
        moved = {
            n: a + sign * STEP * draw_normal(run.case, f"kink.{n}", a.shape) if n in run.differentiable else a
            for n, a in run.wide_inputs.items()
        }
        beside = run.oracle.evaluate_reference(moved, run.wide_upstream).gradients
        for name, gradient in here.items():
            size = max(np.abs(gradient).max(initial=0.0), np.abs(beside[name]).max(initial=0.0))
            if not np.abs(beside[name] - gradient).max(initial=0.0) <= JUMP * size:
                raise IllConditioned(f"{name}, which has a kink here")
