"""Checks <u, J v> = <J^T u, v>: the left side is complex step through manual's forward, the right side its backward.

u is the upstream gradient.  Each case tries one direction v.  It is either along all inputs at once, or along one input
at one time step: there, a gradient that is far smaller than the others is noticed too.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from ..cases.arrays import Array, draw_normal, draw_words
from ..errors import IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from ..judges.complex_step import REAL_STEP, take_complex_step, weight_by_upstream
from .agreement import TERM_ROUNDING
from .differences import find_contradicting_slope, measure_central_slope, pull_back, sum_magnitudes
from .failure import CheckFailed, Failure, Verdict, format_error_ratio, format_opinions
from .kinks import skip_kinks
from .outcome import CheckOutcome

ONLY_REAL = "the forward is not written for complex numbers: on real ones, a difference agrees with manual's backward"
STOPPED = "where a gradient stops on purpose, the forward says so with detach, as docs/contract.md shows"
SUM_ROUNDING = TERM_ROUNDING["float64"]
"""The rounding of a sum of products, as a share of the sum of their magnitudes."""


def check_complex_step(run: Run) -> CheckOutcome:
    if run.case.dtype != "float64":
        raise NotApplicable("complex step is taken in double precision only")
    what, direction = DRAW_DIRECTIONS[int(draw_words(run.case, "direction.kind", 1)[0]) % 2](run)
    try:
        left, right, ratio = compare_along_direction(run, direction)
    except NotApplicable:
        require_real_slope(run, what, direction)
        raise
    if ratio > 1:
        slope = measure_central_slope(run, direction, REAL_STEP)
        if not abs(slope - left) <= abs(left - right) / 10:
            require_real_slope(run, what, direction)
        if abs(slope - right) < abs(slope - left) / 10:
            raise NotApplicable(ONLY_REAL)
        skip_kinks(run)
        opinions = {"manual <J^T u, v>": right, "complex step <u, J v>": left}
        headline = f"derivative along {what}: {format_opinions(opinions)}: {format_error_ratio(ratio)} tolerance"
        numbers = {"manual": right, "complex step": left}
        verdict: Verdict = "wrong"
        reason = "manual's backward is not the derivative of its forward"
        if run.subject.reference is not None:
            numbers["autograd"] = right
            verdict, reason = "judges split", "complex step is the odd one out (manual and autograd agree)"
        details = (("verdict", reason), ("remedy", STOPPED))
        raise CheckFailed(Failure("complex step", verdict, headline, details, (), numbers, ratio))
    return CheckOutcome(ratio)


def require_real_slope(run: Run, what: str, direction: Mapping[str, Array]) -> None:
    """Raise CheckFailed if a difference of the forward on real numbers contradicts the backward."""
    if any(np.iscomplexobj(a) for a in (*run.inputs.values(), *run.outputs.values())):
        return
    right = pull_back(run, direction)
    try:
        slope = find_contradicting_slope(run, direction, right)
    except UnitRaised:
        return  # the point moved out of what the unit takes
    if slope is None:
        return
    skip_kinks(run)
    opinions = {"manual <J^T u, v>": right, "finite difference <u, f(x + hv) - f(x - hv)> / 2h": slope}
    headline = f"derivative along {what}: {format_opinions(opinions)}"
    same = "" if run.subject.reference is None else ", and the reference has the same fault"
    reason = f"manual's backward is not the derivative of its forward{same}"
    numbers = {"manual": right, "autograd": right, "finite difference": slope}
    raise CheckFailed(Failure("complex step", "wrong", headline, (("verdict", reason),), (), numbers))


def draw_dense_direction(run: Run) -> tuple[str, dict[str, Array]]:
    """Draw a direction along all inputs at once, and its name in words."""
    return "all inputs", {name: draw_input_direction(run, name) for name in run.differentiable}


def draw_single_direction(run: Run) -> tuple[str, dict[str, Array]]:
    """Draw a direction along one time step of one input, and its name in words."""
    pick = draw_words(run.case, "direction", 2)
    name = what = run.differentiable[int(pick[0]) % len(run.differentiable)]
    direction = draw_input_direction(run, name)
    axis = run.declaration.inputs[name].axis("T")
    if axis is not None and direction.size:
        steps, ndim = direction.shape[axis], direction.ndim
        t = int(pick[1]) % steps
        direction *= np.moveaxis(np.arange(steps)[(slice(None), *[None] * (ndim - 1))] == t, 0, axis)
        what = f"{name} at t={t}"
    return what, {name: direction}


def draw_input_direction(run: Run, name: str) -> Array:
    return draw_normal(run.case, f"direction.{name}", run.inputs[name].shape)


DRAW_DIRECTIONS = (draw_dense_direction, draw_single_direction)


def compare_along_direction(run: Run, direction: Mapping[str, Array]) -> tuple[float, float, float]:
    """Return <u, J v>, <J^T u, v>, and their difference over its tolerance.

    Each term of the second may be off by the tolerance of its gradient, and both sums by the rounding of their terms.
    """
    jv = take_complex_step(run.subject.unit, run.declaration, run.wide_inputs, run.options, direction)
    left = require_finite(weight_by_upstream(jv, run.wide_upstream))
    right = pull_back(run, direction)
    error = abs(left - right)
    if right == 0 and 0 < error < SUM_ROUNDING * sum_magnitudes(run.wide_upstream, run.outputs):
        raise IllConditioned("the derivative is below the rounding of the outputs")
    while True:
        tolerances = run.gradient_tolerances
        ratio = (
            0.0
            if error == 0
            else error / (compute_tolerance(run, direction, jv, tolerances.tolerance) or np.nextafter(0, 1))
        )
        if not tolerances.refine_for(ratio):
            if ratio > 1 and error <= compute_tolerance(run, direction, jv, tolerances.noise_tolerance):
                raise IllConditioned("the derivative")
            return left, right, math.inf if math.isnan(ratio) else ratio


def compute_tolerance(
    run: Run, direction: Mapping[str, Array], jv: Mapping[str, Array], rounding: Callable[[str], Array]
) -> float:
    tolerance = SUM_ROUNDING * sum_magnitudes(run.wide_upstream, jv)
    for name, v in direction.items():
        each = rounding(name) + SUM_ROUNDING * np.abs(run.gradients[name])
        tolerance += float((np.where(v == 0, 0, each) * np.abs(v)).sum())
    return tolerance


def differentiate_entry(run: Run, name: str, index: tuple[int, ...]) -> float:
    """Differentiate the loss by the single entry `name[index]`, in float64 whatever the precision of the case."""
    one = np.zeros(run.inputs[name].shape)
    one[index] = 1
    jv = take_complex_step(run.subject.unit, run.declaration, run.wide_inputs, run.options, {name: one})
    return require_finite(weight_by_upstream(jv, run.wide_upstream))


def require_finite(value: float) -> float:
    """Raise NotApplicable if complex numbers overflowed: far from 0 they do so earlier than real ones."""
    if not math.isfinite(value):
        raise NotApplicable("complex step is not finite here")
    return value
