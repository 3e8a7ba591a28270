"""The gradients of two halves of the upstream gradient, computed in a way that tests several laws at once.

The upstream gradient is split at random.  The first half, times 2^k, goes through the backward of the case, after a
forward on other inputs and its backward of zeros.  The second half, times 2^-k, goes through the backward of a second
forward.  The gradients, divided by these factors again, add up to those of the whole if the backward is linear, takes
None as zeros, and remembers nothing from one call to the next.  Powers of two change no digit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays, draw_words
from ..cases.case import Case
from ..cases.layouts import apply_layout
from ..judges.oracle import Upstream
from .run import Run

SCALE_EXPONENT = {"float64": 20, "float32": 10}


@dataclass
class HalvesGradients:
    """The outputs of the second forward, and the gradients by input of zeros (or None) and of both halves.

    `ratio` is the error over tolerance of the sum of the halves, once it has been compared with the whole.
    """

    of_zeros: Arrays
    outputs: Arrays
    of_parts: tuple[Arrays, Arrays]
    ratio: float | None = None


def pull_back_halves(run: Run) -> HalvesGradients:
    large, small = make_scale_factors(run)
    one, other = split_upstream(run)
    _, other_backward = run.forward(run.make_disturbed_inputs())
    nothing = other_backward(
        {n: None if u is None else choose_zeros_or_none(run.case, n, u) for n, u in run.upstream.items()}
    )
    pulled = pull_back_multiple(run, large, one, run.first_call[1])
    outputs, second_backward = run.forward()
    return HalvesGradients(nothing, outputs, (pulled, pull_back_multiple(run, small, other, second_backward)))


def make_scale_factors(run: Run) -> list[Any]:
    """Return a large power of two and its inverse, in the precision of the case."""
    real = run.gradients[run.differentiable[0]].real.dtype.type
    return [real(2.0 ** (sign * SCALE_EXPONENT[run.case.dtype])) for sign in (1, -1)]


def choose_zeros_or_none(case: Case, name: str, u: Array) -> Array | None:
    return None if draw_words(case, f"nothing.{name}", 1)[0] % np.uint64(2) else np.zeros_like(u)


def split_upstream(run: Run) -> tuple[Upstream, Upstream]:
    """Split the upstream gradient at random into two parts; neither is empty if there are two entries.

    A tensor without an entry in a part is None there.  A tensor that is None in the case is zeros in the second part.
    """
    given = {n: u for n, u in run.upstream.items() if u is not None}
    second = {n: draw_second_half(run.case, n, u.shape) for n, u in given.items()}
    sizes = [sum(np.count_nonzero(u * (second[n] == k)) for n, u in given.items()) for k in (False, True)]
    last = second[list(given)[-1]] if given else np.empty(0)
    if last.size and 0 in sizes and sizes != [1, 0]:
        last.flat[-1] = not last.flat[-1]
    one, other = (
        {**run.upstream, **{n: mask_or_none(u, second[n] == k) for n, u in given.items()}} for k in (False, True)
    )
    specs = run.declaration.outputs
    zeros = {n: np.zeros_like(y) for n, y in run.outputs.items() if n not in given and specs[n].differentiable}
    return one, other | zeros


def draw_second_half(case: Case, name: str, shape: tuple[int, ...]) -> Array:
    """Draw which entries are in the second part: for half of the tensors all or none, for the others each by chance."""
    words = draw_words(case, f"part.{name}", 1 + math.prod(shape))
    bits = words[1:] if words[0] % np.uint64(4) < 2 else words[:1].repeat(len(words) - 1)
    chosen: Array = (bits % np.uint64(2) == 1).reshape(shape)
    return chosen


def mask_or_none(u: Array, mask: Array) -> Array | None:
    return u * mask.astype(u.real.dtype) if mask.any() else None


def pull_back_multiple(run: Run, factor: Any, upstream: Upstream, backward: Callable[[Upstream], Arrays]) -> Arrays:
    """Pull back `factor` times an upstream gradient; return the gradients divided by `factor`.

    The multiple has the memory layout of the case: a product of matrices rounds otherwise in another one.
    """
    multiple = {n: None if u is None else lay_like(run, n, u * factor) for n, u in upstream.items()}
    gradients = backward(multiple)
    with np.errstate(over="ignore"):
        return {n: g / factor for n, g in gradients.items() if n in run.differentiable}


def lay_like(run: Run, name: str, values: Array) -> Array:
    layout = run.case.layout_of(name)
    return values if layout == "readonly" else apply_layout(values, layout)
