"""What every vector-Jacobian product obeys, whatever the function.

zero        a zero upstream gradient gives zero gradients, exactly
linear      the gradients of two parts of u, one taken 2^k times, one 2^-k times, add up to those of u; where they do
            not, it is asked which of these is broken:
  none        an upstream gradient that is None counts as zeros
  scaling     2^k u gives 2^k times the gradients of u, for large and small 2^k
  additive    the gradients of two parts of u add up to those of u
apart       a row of the batch, run alone in two half sequences, gives the same: see `apart`
"""

from collections.abc import Callable

import numpy as np

from ..cases.arrays import Array, Arrays
from ..execution.linearity import factors, halves, parts, times
from ..execution.run import Run
from ..judges.oracle import Upstream
from .agreement import ROUNDING, broken, gradients_agree
from .finding import Fall
from .outcome import CheckOutcome
from .slices import apart


def zero(run: Run) -> float:
    for name, gradient in run.once(halves).nothing.items():
        if name in run.given and not (gradient == 0).all():
            none(run)
            broken("a zero upstream gradient gives zero gradients", f"d{name} is not zero")
    return 0.0


def linear(run: Run) -> float:
    try:
        return halves_add_up(run)
    except Fall:
        none(run)
        scaling(run)
        additive(run)
        raise


def halves_add_up(run: Run) -> float:
    law = "linear: large and small multiples of two upstream gradients give the multiples of their gradients"
    found = run.once(halves)
    if found.ratio is None:
        found.ratio = parts_add_up(run, law, *found.parts)
    return found.ratio


def none(run: Run) -> None:
    for name in (n for n, o in run.declaration.outputs.items() if o.differentiable):
        zeros: Upstream = {**run.upstream, name: np.zeros_like(run.outputs[name])}
        absent: Upstream = {**run.upstream, name: None}
        gradients_agree(run, f"None for {name} counts as zeros", run.first[1](absent), run.first[1](zeros))


def scaling(run: Run) -> None:
    for factor in factors(run):
        law = f"linear: {factor:g} times the upstream gradient gives {factor:g} times the gradients"
        scaled, size = times(run, factor, run.upstream, run.first[1]), dict.fromkeys(run.given, underflow(run))
        gradients_agree(run, law, scaled, run.gradients, size)


def additive(run: Run) -> None:
    law = "additive: the gradients of two upstream gradients add up"
    parts_add_up(run, law, *(run.first[1](part) for part in parts(run)))


def underflow(run: Run) -> Array:
    """The size of terms whose rounding is that of the smallest numbers, 2^k times."""
    small = factors(run)[1]
    return np.full((), float(np.finfo(small.dtype).tiny) / float(small) / ROUNDING[run.case.dtype])


def parts_add_up(run: Run, law: str, one: Arrays, other: Arrays) -> float:
    total = {n: one[n] + other[n] for n in run.given}
    smallest = underflow(run)
    size = {n: np.abs(one[n]) + np.abs(other[n]) + smallest for n in run.given}
    return gradients_agree(run, law, total, run.gradients, size)


LAWS: tuple[Callable[[Run], float], ...] = (zero, linear, apart)


def climb(run: Run) -> CheckOutcome:
    return CheckOutcome(max(law(run) for law in LAWS))
