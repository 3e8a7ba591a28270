"""Evaluates a unit at the numbers of a case in decimals of sixty digits: is its backward the adjoint of its forward?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..exact.array import ExactArray, map_entries
from ..exact.decimals import DECIMAL_DIGITS, DecimalDual, DecimalField
from ..exact.probe import ExactProbe, list_real_parts
from ..execution.run import Run
from ..unit.unrecorded import unrecorded
from .exact_unit import bind_unit

MOST_NUMBERS = 40_000
"""How many numbers inputs and outputs may have together: with more, sixty digits take too long."""
MORE_DIGITS = 400
"""How many digits are tried where sixty show a defect: a right formula that loses more than sixty shows none then."""
ADJOINT = 1e-40
"""The identity holds if its defect is below this, relative to its terms; that of right code is about 1e-60."""
ADJOINT_ROUNDED = 2.0**-46
"""The same if the source has constants that Python rounded, such as 1/3."""


@dataclass(frozen=True)
class SixtyDigits:
    """The outputs and gradients of the unit's formulas, computed with sixty digits, then rounded to float64.

    defect   by input, |<u, J v> - <J^T u, v>| over the size of its terms
    rounded  whether the source has constants of more than 24 bits
    narrow   casts of the unit to less than double precision: the dtype by file and line
    tied     whether the unit compared equal numbers: there the derivative is a convention
    why      why sixty digits do not apply; empty if they do
    """

    outputs: Mapping[str, Array] = field(default_factory=dict)
    gradients: Mapping[str, Array] = field(default_factory=dict)
    defect: Mapping[str, float] = field(default_factory=dict)
    rounded: bool = False
    narrow: Mapping[str, str] = field(default_factory=dict)
    tied: bool = False
    why: str = ""

    @property
    def largest_defect(self) -> float:
        return max(self.defect.values(), default=0.0)

    @property
    def reason(self) -> str:
        """Why it is not known whether the backward is the adjoint."""
        return self.why or "two numbers that the unit compares are equal"

    @property
    def adjoint(self) -> bool | None:
        """Whether the backward is the adjoint of the forward; None where this is not known."""
        if self.why:
            return None
        if self.largest_defect < (ADJOINT_ROUNDED if self.rounded else ADJOINT):
            return True
        return None if self.tied else False


def compute_sixty_digits(run: Run) -> SixtyDigits:
    """Run the unit with sixty digits, or with more where sixty show a defect, which rounded constants may explain."""
    found = compute_digits(run, DECIMAL_DIGITS)
    return run.compute_once(compute_more_digits) if found.largest_defect > ADJOINT else found


def compute_more_digits(run: Run) -> SixtyDigits:
    return compute_digits(run, MORE_DIGITS)


def compute_digits(run: Run, digits: int) -> SixtyDigits:
    """Run the unit with so many digits; if it raises any exception on decimals, they do not apply."""
    numbers = [*run.wide_inputs.values(), *run.outputs.values()]
    if sum(np.size(a) for a in numbers) > MOST_NUMBERS:
        return SixtyDigits(why="the case is too large for sixty digits")
    if any(np.asarray(a).dtype.kind == "c" for a in numbers):
        return SixtyDigits(why="sixty digits are used for real numbers only")
    try:
        return evaluate_decimals(run, digits)
    except Exception as error:
        return SixtyDigits(why=f"{type(error).__name__}: {error}")


def evaluate_decimals(run: Run, digits: int) -> SixtyDigits:
    """Run the unit, and measure by how much its backward misses the adjoint of its forward."""
    with localcontext(prec=digits), np.errstate(all="ignore"):
        return measure_defect(run)


def measure_defect(run: Run) -> SixtyDigits:
    probe, outputs, upstream, gradients = run_in_decimals(run, DecimalField(run.case.seed))
    carrier, names = probe.carrier, list(upstream)
    defect: dict[str, float] = {}
    # Terms that are zero by algebra still have the rounding of the sixtieth digit, which is far below this floor.
    sent = [abs(e.value) for u in upstream.values() for e in list_real_parts(u, carrier)]
    floor = Decimal("1e-12") * sum(sent, Decimal(0))
    for name in [n for n in probe.variables if n in run.differentiable]:
        with unrecorded():
            out, _ = probe.forward((name, slice(None)))
        left = probe.pairing(upstream, out._asdict(), names)
        right = probe.pairing(gradients, probe.inputs, [name])
        terms = [u.value * y.tangent for u, y in left] + [-g.value * x.tangent for g, x in right]
        # Terms that cancel inside are smaller than the numbers that were summed: the size of <u, y> counts as well.
        size = sum(map(abs, terms), Decimal(0)) + sum((abs(u.value * y.value) for u, y in left), Decimal(0))
        size += floor * max((abs(x.tangent) for _, x in right), default=Decimal(0))
        defect[name] = float(abs(sum(terms, Decimal(0))) / size) if size else 0.0
    return SixtyDigits(
        round_arrays(run, outputs._asdict(), carrier),
        round_arrays(run, gradients, carrier),
        defect,
        bool(carrier.rounded),
        carrier.narrow,
        carrier.tied,
    )


def run_in_decimals(run: Run, carrier: DecimalField) -> tuple[ExactProbe, Any, dict[str, Any], Mapping[str, Any]]:
    """Run the unit on decimals of the current precision, at the case: probe, outputs, upstream gradients, gradients."""
    probe = ExactProbe(bind_unit(run), run.wide_inputs, carrier)
    with unrecorded():
        outputs, backward = probe.forward()
        names = [n for n in probe.list_upstream_names(outputs) if run.wide_upstream.get(n) is not None]
        upstream = {n: lift_to_decimals(run.wide_upstream[n], carrier) for n in names}
        return probe, outputs, upstream, probe.pull_back(outputs, backward, upstream)


def round_arrays(run: Run, arrays: Mapping[str, Any], carrier: DecimalField) -> dict[str, Array]:
    """Round outputs, or the gradients that are judged, to float64."""
    judged = {*run.declaration.outputs, *run.differentiable}
    return {n: round_to_floats(a, carrier) for n, a in arrays.items() if n in judged}


def lift_to_decimals(array: Any, carrier: DecimalField) -> Any:
    lifted = map_entries(lambda x: DecimalDual(carrier, Decimal(float(x)), None), np.asarray(array))
    return ExactArray.wrap(lifted, carrier)


def round_to_floats(array: Any, carrier: DecimalField) -> Array:
    return np.array([float(e.value) for e in list_real_parts(array, carrier)]).reshape(np.shape(array))
