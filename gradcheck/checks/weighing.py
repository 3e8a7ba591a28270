"""Compares both sides of a disagreement with the unit's formulas in sixty digits: is it rounding, and whose?"""

from collections.abc import Callable

import numpy as np

from ..cases.arrays import Array
from ..execution.run import Run
from ..judges.oracle import Oracle
from ..judges.tolerance import UNIT_ROUNDOFF, ToleranceModel
from .failure import CheckFailed
from .outcome import Ruling
from .own_rounding import is_own_rounding, is_zero_by_algebra
from .scaling import SHRINKS
from .sixty_digits import SixtyDigits
from .terms import measure_natural_size, measure_terms

SAME_FUNCTION = 2.0**-26
"""Formulas that differ by less than that share of their terms count as one: constants are written with some digits, and
PyTorch replaces log(1 + exp(x)) by x beyond 20."""
CONFIRMED = 2.0**-32
"""The same for a third party, which is asked to confirm the reference."""
LOST = 16.0
"""A unit is imprecise if its error is more than so many times the rounding of its terms."""


def is_within_terms(run: Run, what: str) -> bool:
    """Whether the rounding of the terms that the reference sums explains every error of the outputs or gradients."""
    model: ToleranceModel = getattr(run, f"{what}_tolerances")
    return are_errors_within(run, what, lambda name, terms: allow_terms(run, model, name, terms))


def is_same_function(run: Run) -> bool:
    """Whether the outputs are so close to the reference's, by the terms that it sums, that both count as one."""
    return run.case.dtype == "float64" and are_errors_within(run, "output", lambda _, terms: SAME_FUNCTION * terms)


def are_errors_within(run: Run, what: str, allow: Callable[[str, Array], Array]) -> bool:
    """Whether no output, or gradient, is further from the reference's than its name and its terms allow."""
    found = run.outputs if what == "output" else run.gradients
    theirs = getattr(run.reference_result, f"{what}s")
    for name in [n for n in getattr(run, f"{what}_tolerances").specs if n in found]:
        if np.iscomplexobj(theirs[name]) or not np.isfinite(found[name]).all():
            return False
        if not (np.abs(found[name] - theirs[name]) <= allow(name, measure_terms(run, what, name))).all():
            return False
    return True


def allow_terms(run: Run, model: ToleranceModel, name: str, terms: Array) -> Array:
    """The largest error that counts as rounding of these terms."""
    allowed: Array = model.tolerance(name) + 16 * UNIT_ROUNDOFF[run.case.dtype] * terms
    return allowed


def weigh_errors(run: Run, known: SixtyDigits, what: str, error: CheckFailed, judge: Oracle | None = None) -> Ruling:
    """Return how rounding explains a disagreement of the unit with a judge.  Raises the error if it does not."""
    exact = known.outputs if what == "output" else known.gradients
    found = run.outputs if what == "output" else run.gradients
    judge = judge or run.oracle
    theirs = getattr(judge.reference_result, f"{what}s")
    model: ToleranceModel = getattr(run, f"{what}_tolerances")
    lost: list[str] = []
    for name in [n for n in model.specs if n in exact]:
        scale = measure_terms(run, what, name)
        mine, other = np.abs(found[name] - exact[name]), np.abs(theirs[name] - exact[name])
        if is_another_function(run, known, what, name, other, scale, judge):
            raise error
        if not np.isfinite(found[name]).all():
            lost.append(
                f"{what} {name} is not finite: its formula overflows on the way, or divides by a number that underflows"
            )
            continue
        if not is_own_rounding(run, known, what, name, mine):
            raise error
        allowed = allow_terms(run, model, name, scale)
        ratio = float(np.max(mine / np.maximum(np.maximum(allowed, 64 * other.max(initial=0.0)), 1e-300), initial=0.0))
        if not ratio <= LOST and not is_zero_by_algebra(run, what, name, exact[name]):
            lost.append(f"{what} {name} is off by {float(mine.max()):.1e}, {ratio:.3g} times the rounding of its terms")
    lost += [f"it casts to {dtype} at {place}" for place, dtype in sorted(known.narrow.items()) if lost]
    return Ruling(f"rounding: computed with sixty digits, manual's formula gives the right {what}s", "; ".join(lost))


def is_another_function(
    run: Run, known: SixtyDigits, what: str, name: str, error: Array, scale: Array, judge: Oracle
) -> bool:
    """Whether a judge computes another function than the unit: rounding does not explain their difference."""
    unit, share = UNIT_ROUNDOFF["float64"], SAME_FUNCTION if judge is run.oracle else CONFIRMED
    if what == "output":
        limit = run.output_tolerances.tolerance(name) + 64 * unit * scale
        if run.case.dtype == "float64":
            limit = np.maximum(limit, share * scale)
        return bool((error > limit).any()) and not does_error_shrink(judge, what, name, known.outputs[name], error)
    largest = max(measure_natural_size(run, "gradient", name), float(np.max(scale, initial=0.0)))
    far = share * largest if run.case.dtype == "float64" else 2.0**-12 * largest
    if known.rounded and known.largest_defect > 1e-40:
        far = 64 * UNIT_ROUNDOFF[run.case.dtype] * float(np.max(scale, initial=0.0))
    return bool((error > np.maximum(far, run.gradient_tolerances.tolerance(name))).any())


def does_error_shrink(judge: Oracle, what: str, name: str, exact: Array, error: Array) -> bool:
    """Whether a judge's error is rounding: it is far smaller in float64 than in float32."""
    narrow = getattr(judge.evaluate_reference(judge.inputs, judge.upstream, "float32"), f"{what}s")[name]
    with np.errstate(all="ignore"):
        return bool(error.max(initial=0.0) <= SHRINKS * np.abs(narrow.astype(float) - exact).max(initial=0.0))
