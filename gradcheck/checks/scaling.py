"""Precision scaling: an error that is rounding is about 2^29 times smaller in float64 than in float32."""

from functools import partial
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..judges.tolerance import UNIT_ROUNDOFF
from .failure import CheckFailed
from .outcome import Ruling
from .sixty_digits import SixtyDigits
from .terms import find_largest, measure_terms

MOST_LOST = {"float64": 2.0**-18, "float32": 2.0**-8}
"""An error above this share of the terms is not rounding, even if a float64 run casts to float32 inside."""
SHRINKS = 2.0**-20


def explain_by_scaling(run: Run, check: str, error: CheckFailed, known: SixtyDigits) -> Ruling:
    """Explain a disagreement that shrinks from float32 to float64 as rounding does; raise the error of another one."""
    if (
        check == "forward"
        and run.case.dtype == "float32"
        and all(map(partial(does_output_error_shrink, run), run.outputs))
    ):
        return Ruling(f"rounding: in float64 the outputs agree ({known.why})")
    complex_numbers = any(np.asarray(a).dtype.kind == "c" for a in (*run.wide_inputs.values(), *run.outputs.values()))
    if check != "gradients" or complex_numbers or set(run.declaration.dtypes) != {"float64", "float32"}:
        raise error
    try:
        shrinks = all(does_gradient_error_shrink(run, name) for name in run.differentiable)
    except (UnitRaised, DeclarationError, IllConditioned) as reason:
        raise error from reason
    if not shrinks:
        raise error
    return Ruling(f"rounding: the error shrinks from float32 to float64 ({known.reason})")


def does_output_error_shrink(run: Run, name: str) -> bool:
    """Whether an output in float32 is as close as rounding allows, and the same formula in float64 is far closer."""
    if name not in run.output_tolerances.specs:
        return True
    judged = run.reference_result.outputs[name]
    largest = max(find_largest(judged), float(np.max(measure_terms(run, "output", name), initial=0.0)))
    wide = run.forward(run.wide_inputs)[0][name]
    here, in_double = find_largest(run.outputs[name] - judged), find_largest(wide - judged)
    return here <= 64 * UNIT_ROUNDOFF["float32"] * largest and in_double <= 64 * UNIT_ROUNDOFF["float64"] * largest


def does_gradient_error_shrink(run: Run, name: str) -> bool:
    """Whether an error is rounding, at the arrays of the case and at copies of them in both precisions.

    The arrays of the case are needed too: their copies do not show an error of one layout, of one precision, or of the
    order of calls.
    """
    judged, terms = run.reference_result.gradients[name], measure_terms(run, "gradient", name)
    if is_beyond_rounding(run, np.abs(run.gradients[name] - judged), terms):
        return False
    wide = run.forward(run.wide_inputs)[1](run.wide_upstream)[name]
    narrow_upstream = {n: None if u is None else to_single(u) for n, u in run.wide_upstream.items()}
    narrow = run.forward({n: to_single(a) for n, a in run.wide_inputs.items()})[1](narrow_upstream)[name].astype(float)
    in_double, in_single = find_largest(wide - judged), find_largest(narrow - judged)
    allowed = float(np.max(run.gradient_tolerances.tolerance(name)))
    here, there = find_largest(run.gradients[name] - judged), in_double if run.case.dtype == "float64" else in_single
    if not here <= max(64 * there, allowed + 16 * UNIT_ROUNDOFF[run.case.dtype] * float(np.max(terms))):
        return False
    allowed += 16 * UNIT_ROUNDOFF["float64"] * float(np.max(terms))
    return in_double <= allowed or in_double <= SHRINKS * in_single


def to_single(array: Any) -> Any:
    return array.astype(np.float32) if getattr(array, "dtype", None) == np.float64 else array


def is_beyond_rounding(run: Run, error: Array, scale: Array) -> bool:
    """Whether an error is too large for rounding, as where memory is read at a wrong place."""
    return not bool((error <= MOST_LOST[run.case.dtype] * np.maximum(scale, float(np.max(scale)))).all())
