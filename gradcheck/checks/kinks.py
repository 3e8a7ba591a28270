"""Finds kinks of the reference, such as relu at 0: there the gradient is a convention, and judges differ."""

import numpy as np

from ..cases.arrays import Array, Arrays, draw_normal
from ..errors import IllConditioned
from ..execution.run import Run
from ..judges.autograd import ReferenceResult
from .corners import has_corner

STEP = 2.0**-24
FAR = 2.0**-4
JUMP = 2.0**-10
"""A gradient that changes by this share of its size over a step of `STEP` jumps in between."""
DIRECTIONS = 4
SMOOTH = 2.0**-18
"""A change below this share of the largest entry is none: over a step of `STEP`, curvature makes as much."""


def skip_kinks(run: Run) -> None:
    """Raise IllConditioned if a gradient of the reference jumps at the case."""
    for name, jumps in run.compute_once(find_kinks).items():
        if jumps.any():
            raise IllConditioned(f"{name}, which has a kink here")


def find_kinks(run: Run) -> Arrays:
    """Find the entries of the reference's gradients that jump at the case: of random numbers some may be equal too.

    A jump is measured against the entry itself, and against the largest gradient here, next to the case and at a point
    further away: a gradient that is 0 here and slightly different next to it may be smooth.  Where one is found more
    directions are tried, and numbers that are equal to one that jumps count as it does: each may keep its gradient by
    chance.
    """
    here, far = run.reference_result.gradients, find_gradients_beside(run, FAR)
    kinks = {name: np.zeros(gradient.shape, bool) for name, gradient in here.items()}
    for direction in range(DIRECTIONS):
        for step in (STEP, -STEP):
            beside = find_gradients_beside(run, step, direction)
            for name, gradient in here.items():
                size = max(np.abs(g).max(initial=0.0) for g in (gradient, beside[name], far[name]))
                own = np.maximum(np.abs(gradient), np.abs(beside[name]))
                kinks[name] |= ~(np.abs(beside[name] - gradient) <= np.maximum(JUMP * own, SMOOTH * size))
        if not any(mask.any() for mask in kinks.values()):
            break
    kinks = {name: mask | is_equal_to_some(run.wide_inputs[name], mask) for name, mask in kinks.items()}
    if run.subject.reference is None and run.case.dtype == "float64":
        return {name: keep_corners(run, name, mask) for name, mask in kinks.items()}
    return kinks


def keep_corners(run: Run, name: str, mask: Array) -> Array:
    """Keep the entries at which the unit's own forward has a corner: a wrong backward may jump where it has none."""
    kept = np.zeros_like(mask)
    for index in map(tuple, np.argwhere(mask)):
        kept[index] = has_corner(run, name, index)
    return kept


def is_equal_to_some(array: Array, mask: Array) -> Array:
    """Which entries equal one of those that are masked: among equal numbers any may have the gradient."""
    return np.isin(array, array[mask])


def do_outputs_jump(run: Run) -> bool:
    """Whether an output of the reference jumps at the case, as where equal numbers are sorted."""
    here = run.reference_result.outputs
    for step in (STEP, -STEP):
        beside = evaluate_beside(run, step).outputs
        for name, output in here.items():
            if not np.abs(beside[name] - output).max(initial=0.0) <= JUMP * np.abs(output).max(initial=0.0):
                return True
    return False


def find_gradients_beside(run: Run, step: float, direction: int = 0) -> Arrays:
    """Compute the reference's gradients at inputs that are moved by random numbers of this size."""
    return evaluate_beside(run, step, direction).gradients


def evaluate_beside(run: Run, step: float, direction: int = 0) -> ReferenceResult:
    moved = {
        n: a + step * draw_normal(run.case, f"kink.{direction}.{n}", a.shape) if n in run.differentiable else a
        for n, a in run.wide_inputs.items()
    }
    return run.oracle.evaluate_reference(moved, run.wide_upstream)
