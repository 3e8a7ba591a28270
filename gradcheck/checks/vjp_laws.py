"""Laws that every vector-Jacobian product satisfies, whatever the function; u is the upstream gradient.

zero        a zero upstream gradient gives gradients that are exactly zero
linear      the gradients of two parts of u, one times 2^k, the other times 2^-k, add up to those of u.  If they do not,
            these are tried one by one, to say which is broken:
  none        an upstream gradient that is None counts as zeros
  scaling     2^k u gives 2^k times the gradients of u, for large and small 2^k
  additive    the gradients of two parts of u add up to those of u
slices      the gradient of a slice is the slice of the gradient: see `slices`
"""

from collections.abc import Callable

import numpy as np

from ..cases.arrays import Array, Arrays
from ..execution.linearity import make_scale_factors, pull_back_halves, pull_back_multiple, split_upstream
from ..execution.run import Run
from ..judges.oracle import Upstream
from .agreement import TERM_ROUNDING, fail_law, require_equal_gradients
from .failure import CheckFailed
from .outcome import CheckOutcome
from .slices import check_slices


def check_zero(run: Run) -> float:
    for name, gradient in run.compute_once(pull_back_halves).of_zeros.items():
        # Where the gradient of the case itself is no number, the check of the gradients has judged that.
        if name in run.differentiable and not ((gradient == 0) | ~np.isfinite(run.gradients[name])).all():
            check_none(run)
            fail_law("a zero upstream gradient gives zero gradients", f"d{name} is not zero")
    return 0.0


def check_linearity(run: Run) -> float:
    try:
        return check_halves(run)
    except CheckFailed:
        check_none(run)
        check_scaling(run)
        check_additivity(run)
        raise


def check_halves(run: Run) -> float:
    law = "linear: large and small multiples of two upstream gradients give the multiples of their gradients"
    found = run.compute_once(pull_back_halves)
    if found.ratio is None:
        found.ratio = require_equal_sum(run, law, *found.of_parts)
    return found.ratio


def check_none(run: Run) -> None:
    for name in (n for n, o in run.declaration.outputs.items() if o.differentiable):
        zeros: Upstream = {**run.upstream, name: np.zeros_like(run.outputs[name])}
        absent: Upstream = {**run.upstream, name: None}
        require_equal_gradients(
            run, f"None for {name} counts as zeros", run.first_call[1](absent), run.first_call[1](zeros)
        )


def check_scaling(run: Run) -> None:
    for factor in make_scale_factors(run):
        law = f"linear: {factor:g} times the upstream gradient gives {factor:g} times the gradients"
        scaled, size = (
            pull_back_multiple(run, factor, run.upstream, run.first_call[1]),
            dict.fromkeys(run.differentiable, compute_underflow_size(run)),
        )
        require_equal_gradients(run, law, scaled, run.gradients, size)


def check_additivity(run: Run) -> None:
    law = "additive: the gradients of two upstream gradients add up"
    require_equal_sum(run, law, *(run.first_call[1](part) for part in split_upstream(run)))


def compute_underflow_size(run: Run) -> Array:
    """Return the size of terms that have the rounding of the smallest numbers, times 2^k.

    The part of u that was made small may underflow on its way back, and this error is multiplied by 2^k afterwards.
    """
    small = make_scale_factors(run)[1]
    return np.full((), float(np.finfo(small.dtype).tiny) / float(small) / TERM_ROUNDING[run.case.dtype])


def require_equal_sum(run: Run, law: str, one: Arrays, other: Arrays) -> float:
    total = {n: one[n] + other[n] for n in run.differentiable}
    smallest = compute_underflow_size(run)
    size = {n: np.abs(one[n]) + np.abs(other[n]) + smallest for n in run.differentiable}
    return require_equal_gradients(run, law, total, run.gradients, size)


VJP_LAWS: tuple[Callable[[Run], float], ...] = (check_zero, check_linearity, check_slices)


def check_vjp_laws(run: Run) -> CheckOutcome:
    return CheckOutcome(max(law(run) for law in VJP_LAWS))
