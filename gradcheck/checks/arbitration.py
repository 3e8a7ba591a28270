"""What is asked before "wrong" is said: sixty digits, the law of the reference, and precision scaling.

A numeric disagreement may be rounding, a law may be none, and complex step may be misled by NumPy.  A failure of the
laws zero, none, scaling and additive always stands: a backward that clips or flushes breaks those.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..judges.tolerance import ToleranceModel
from .failure import CheckFailed
from .outcome import CheckOutcome
from .reference_laws import do_pieces_agree, does_reference_obey
from .sixty_digits import SixtyDigits, compute_sixty_digits
from .terms import find_largest, measure_natural_size, measure_terms
from .vjp_laws import LINEARITY_LAWS

UNIT_ROUNDOFF = {"float64": 2.0**-52, "float32": 2.0**-23}
MOST_LOST = {"float64": 2.0**-18, "float32": 2.0**-8}
"""Of the terms: single precision inside a run in double precision loses less than that."""
SHRINKS = 2.0**-20
"""What is rounding is smaller by about 2^-29 in float64 than in float32."""
LOST = 16.0
"""A unit is imprecise where it is off by more than so many times what its terms explain."""


@dataclass(frozen=True)
class Ruling:
    """A failure that does not stand: what explains it; `imprecise` where the unit loses digits its reference keeps."""

    explanation: str
    imprecise: str = ""

    @property
    def outcome(self) -> CheckOutcome:
        return CheckOutcome(1.0, explanation=self.explanation, imprecise=self.imprecise)


def arbitrate(run: Run, check: str, error: CheckFailed | UnitRaised) -> Ruling:
    """What explains a failure.  The error is raised, perhaps with a clearer verdict, where nothing does."""
    if check == "vjp laws":
        return explain_by_reference_law(run, error)
    if isinstance(error, UnitRaised) or check not in ("forward", "gradients", "complex step"):
        raise error
    known = run.compute_once(compute_sixty_digits)
    if known.adjoint is None:
        return explain_by_scaling(run, check, error, known)
    if not known.adjoint:
        raise name_wrong(error, check)
    if check == "complex step":
        return Ruling("complex step is misled: to sixty digits manual's backward is the adjoint of its forward")
    what = "output" if check == "forward" else "gradient"
    return weigh_errors(run, known, what, error)


def explain_by_reference_law(run: Run, error: CheckFailed | UnitRaised) -> Ruling:
    """Why a law is none.  Linearity always is one, and is asked again: whatever breaks it is raised."""
    for law in LINEARITY_LAWS:
        law(run)
    if does_reference_obey(run) or not do_pieces_agree(run):
        raise error
    return Ruling("the reference does not obey the law of rows and halves")


def name_wrong(error: CheckFailed, check: str) -> CheckFailed:
    """The failure of a backward that is not the derivative of its forward: wrong, whatever the judges said."""
    if check == "forward" or error.failure.verdict != "judges split":
        return error
    reason = "to sixty digits manual's backward is not the derivative of its forward"
    details = (("verdict", reason), *error.failure.details[1:])
    return CheckFailed(replace(error.failure, verdict="wrong", details=details))


def weigh_errors(run: Run, known: SixtyDigits, what: str, error: CheckFailed) -> Ruling:
    """Both sides against sixty digits of the unit's formula; the error where the reference computes something else."""
    due = known.outputs if what == "output" else known.gradients
    found = run.outputs if what == "output" else run.gradients
    theirs = getattr(run.reference_result, f"{what}s")
    model: ToleranceModel = getattr(run, f"{what}_tolerances")
    lost: list[str] = []
    for name in [n for n in model.specs if n in due]:
        scale = measure_terms(run, what, name)
        mine, other = np.abs(found[name] - due[name]), np.abs(theirs[name] - due[name])
        if is_another_function(run, known, what, name, other, scale) or is_beyond_rounding(run, mine, scale):
            raise error
        allowed = model.tolerance(name) + 16 * UNIT_ROUNDOFF[run.case.dtype] * scale
        ratio = float(np.max(mine / np.maximum(np.maximum(allowed, 64 * other.max(initial=0.0)), 1e-300), initial=0.0))
        if not ratio <= LOST:
            lost.append(f"{what} {name} is off by {float(mine.max()):.1e}, {ratio:.3g} times what its terms explain")
    explanation = f"rounding: to sixty digits the {what}s are those of manual's formula"
    return Ruling(explanation, "; ".join(lost))


def is_beyond_rounding(run: Run, error: Array, scale: Array) -> bool:
    """Whether no rounding explains an error: what is read at a wrong place in memory, or kept from another call."""
    return not bool((error <= MOST_LOST[run.case.dtype] * np.maximum(scale, float(np.max(scale)))).all())


def is_another_function(run: Run, known: SixtyDigits, what: str, name: str, error: Array, scale: Array) -> bool:
    """Whether the reference is no rounding away from the unit's formula, to sixty digits."""
    unit = UNIT_ROUNDOFF["float64"]
    if what == "output":
        limit = run.output_tolerances.tolerance(name) + 64 * unit * scale
        return bool((error > limit).any()) and not does_error_shrink(run, what, name, known.outputs[name], error)
    largest = max(measure_natural_size(run, name), float(np.max(scale)))
    far = 2.0**-32 * largest if run.case.dtype == "float64" else 2.0**-12 * largest
    if known.rounded and known.largest_defect > 1e-40:
        far = 64 * UNIT_ROUNDOFF[run.case.dtype] * float(np.max(scale))
    return bool((error > np.maximum(far, run.gradient_tolerances.tolerance(name))).any())


def does_error_shrink(run: Run, what: str, name: str, due: Array, error: Array) -> bool:
    """Whether the reference's own error is rounding: far smaller in float64 than in float32."""
    o = run.oracle
    narrow = getattr(o.evaluate_reference(o.inputs, o.upstream, "float32"), f"{what}s")[name]
    with np.errstate(all="ignore"):
        return bool(error.max(initial=0.0) <= SHRINKS * np.abs(narrow.astype(float) - due).max(initial=0.0))


def explain_by_scaling(run: Run, check: str, error: CheckFailed, known: SixtyDigits) -> Ruling:
    """Where sixty digits do not apply: whether the disagreement shrinks from float32 to float64 as rounding does."""
    complex_numbers = any(np.asarray(a).dtype.kind == "c" for a in (*run.wide_inputs.values(), *run.outputs.values()))
    if check != "gradients" or complex_numbers or set(run.declaration.dtypes) != {"float64", "float32"}:
        raise error
    try:
        shrinks = all(does_gradient_error_shrink(run, name) for name in run.differentiable)
    except (UnitRaised, DeclarationError, IllConditioned) as reason:
        raise error from reason
    if not shrinks:
        raise error
    return Ruling(f"rounding: the error shrinks from float32 to float64 ({known.why})")


def does_gradient_error_shrink(run: Run, name: str) -> bool:
    """Whether an error is rounding: at the very arrays of the case, then at copies of them in both precisions.

    The copies show nothing of what goes wrong in one layout, in one precision, or in the order of calls.
    """
    judged, terms = run.reference_result.gradients[name], measure_terms(run, "gradient", name)
    if is_beyond_rounding(run, np.abs(run.gradients[name] - judged), terms):
        return False
    wide = run.forward(run.wide_inputs)[1](run.wide_upstream)[name]
    narrow_upstream = {n: None if u is None else to_single(u) for n, u in run.wide_upstream.items()}
    narrow = run.forward({n: to_single(a) for n, a in run.wide_inputs.items()})[1](narrow_upstream)[name].astype(float)
    in_double, in_single = find_largest(wide - judged), find_largest(narrow - judged)
    allowed = float(np.max(run.gradient_tolerances.tolerance(name)))
    allowed += 16 * UNIT_ROUNDOFF["float64"] * float(np.max(terms))
    return in_double <= allowed or in_double <= SHRINKS * in_single


def to_single(array: Any) -> Any:
    return array.astype(np.float32) if getattr(array, "dtype", None) == np.float64 else array
