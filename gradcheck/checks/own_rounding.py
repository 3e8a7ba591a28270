"""How far rounding may put off the results of a unit whose formulas are right.

The formulas are evaluated in decimals with as many digits as the floats of the case, rounded up, down and to nearest;
or in 200 digits, with the result of every operation disturbed by 1e-120 of it.  The difference from the right digits,
in units of the last digit or of the disturbance, is the size of the terms that the unit itself sums, with its
cancellations and their growth.  A larger error is not rounding: memory is read at a wrong place, or a number is kept
from another call.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, localcontext
from typing import Any

import numpy as np

from ..cases.arrays import Array, CaseArrays, draw_normal
from ..exact.decimals import DecimalField, DisturbedField
from ..exact.probe import list_real_parts
from ..execution.run import Run
from ..judges.tolerance import ToleranceModel, reduce_to_steps
from .sixty_digits import SixtyDigits, compute_sixty_digits, round_arrays, run_in_decimals
from .terms import DISTURBED_RUNS, measure_natural_size

ROUNDINGS = ((0, ROUND_HALF_EVEN), (0, ROUND_UP), (1, ROUND_DOWN))
"""How many more digits, and how they are rounded.  The largest of three errors counts: one may be small by luck."""
ZERO = 2.0**-100
"""A result is zero by algebra if, in sixty digits, it is below this share of its terms."""
BESIDE = 2.0**-16
"""The relative distance of the point next to a case where its rounding is measured again."""
Sizes = dict[str, dict[str, Array]]
MeasureSizes = Callable[[Run], Sizes]
MOST_GROWTH = 1e60
"""A result that a disturbance moves by more than that, over its natural size, has jumped."""
SAFETY_FACTOR = 64.0
"""Leaves room for sums in another order, and for functions that are off by some units in the last place."""


def is_own_rounding(run: Run, known: SixtyDigits, what: str, name: str, error: Array) -> bool:
    """Whether the unit's own rounding explains an error of an output or a gradient."""
    return any(
        explains_error(run, known, what, name, error, measure)
        for measure in (measure_own_sizes, measure_beside, measure_disturbed_sizes)
    )


def explains_error(run: Run, known: SixtyDigits, what: str, name: str, error: Array, measure: MeasureSizes) -> bool:
    model: ToleranceModel = getattr(run, f"{what}_tolerances")
    size = run.compute_once(measure)[what].get(name)
    if size is None:
        return False
    precision = find_precision(run, known)
    allowed = SAFETY_FACTOR * precision.eps * size + float(precision.tiny) + model.tolerance(name)
    return bool((error <= allowed).all())


def is_zero_by_algebra(run: Run, what: str, name: str, exact: Array) -> bool:
    """Whether all terms of a tensor cancel, so that it has no digits to lose."""
    size = run.compute_once(measure_own_sizes)[what].get(name)
    return size is not None and bool((np.abs(exact) <= ZERO * size).all())


def find_precision(run: Run, known: SixtyDigits) -> Any:
    """Return np.finfo of the least precise floats that the unit computes with in this case."""
    return max((np.finfo(dtype) for dtype in (run.case.dtype, *known.narrow.values())), key=lambda found: found.eps)


def measure_own_sizes(run: Run) -> Sizes:
    """Measure the size of what the unit sums, for each output, gradient and step; empty if decimals do not apply."""
    known = run.compute_once(compute_sixty_digits)
    digits = find_precision(run, known).precision + 1
    try:
        found = [measure_at(run, known, digits + more, rounding) for more, rounding in ROUNDINGS]
    except Exception:  # whatever the unit raises on decimals that round
        return {"output": {}, "gradient": {}}
    return {what: {n: np.max([f[what][n] for f in found], axis=0) for n in found[0][what]} for what in found[0]}


def measure_beside(run: Run) -> Sizes:
    """Measure the sizes next to the case: at round numbers decimals may not round at all, as in 1.5 + 0.25."""
    moved = {
        n: (a * (1 + BESIDE * draw_normal(run.case, f"beside.{n}", a.shape))).astype(a.dtype)
        if n in run.differentiable
        else a
        for n, a in run.inputs.items()
    }
    return measure_own_sizes(Run(run.subject, run.case, CaseArrays(moved, run.options, run.upstream)))


def measure_disturbed_sizes(run: Run) -> Sizes:
    """Measure the sizes with every operation disturbed: few decimals cancel where floats do not.

    A tensor is left out if the disturbance makes it jump, as where a comparison of equal numbers turns out otherwise.
    """
    judged: dict[str, tuple[Sequence[str], Mapping[str, Any]]] = {
        "output": (list(run.declaration.outputs), run.declaration.outputs),
        "gradient": (run.differentiable, run.declaration.inputs),
    }
    sizes: Sizes = {"output": {}, "gradient": {}}
    with localcontext(prec=DisturbedField.DIGITS), np.errstate(all="ignore"):
        try:
            exact = read_decimals(run, DecimalField(run.case.seed))
            disturbed = [read_decimals(run, DisturbedField(run.case.seed + k)) for k in range(DISTURBED_RUNS)]
        except Exception:  # such as the root of a difference that is zero, and then is disturbed to below it
            return sizes
        for what, (names, specs) in judged.items():
            for name in names:
                moved = np.max([measure_move(d[what][name], exact[what][name]) for d in disturbed], axis=0)
                if float(np.max(moved, initial=0.0)) <= MOST_GROWTH * measure_natural_size(run, what, name):
                    sizes[what][name] = reduce_to_steps(specs[name], moved)
    return sizes


def read_decimals(run: Run, carrier: DecimalField) -> dict[str, dict[str, Array]]:
    """Outputs and gradients by name, as arrays of decimals."""
    probe, outputs, _, gradients = run_in_decimals(run, carrier)
    found = {"output": outputs._asdict(), "gradient": gradients}
    return {
        what: {
            n: np.array([e.value for e in list_real_parts(a, probe.carrier)], object).reshape(np.shape(a))
            for n, a in arrays.items()
        }
        for what, arrays in found.items()
    }


def measure_move(disturbed: Array, exact: Array) -> Array:
    # Of arrays without axes NumPy makes plain decimals.
    return np.asarray(abs((disturbed - exact) / DisturbedField.DISTURBANCE), float)


def measure_at(run: Run, known: SixtyDigits, digits: int, rounding: str) -> Sizes:
    with localcontext(prec=digits, rounding=rounding), np.errstate(all="ignore"):
        probe, outputs, _, gradients = run_in_decimals(run, DecimalField(run.case.seed))
        rounded = {
            "output": round_arrays(run, outputs._asdict(), probe.carrier),
            "gradient": round_arrays(run, gradients, probe.carrier),
        }
    expected: dict[str, tuple[Mapping[str, Array], Mapping[str, Any]]] = {
        "output": (known.outputs, run.declaration.outputs),
        "gradient": (known.gradients, run.declaration.inputs),
    }
    return {
        what: {n: measure_size(specs[n], rounded[what][n], exact[n], digits) for n in exact}
        for what, (exact, specs) in expected.items()
    }


def measure_size(spec: Any, rounded: Array, exact: Array, digits: int) -> Array:
    """Return, for each step, the larger of the numbers themselves and of their change per unit of the last digit."""
    size: Array = reduce_to_steps(spec, np.maximum(np.abs(exact), np.abs(rounded - exact) * 10.0 ** (digits - 1)))
    return size
