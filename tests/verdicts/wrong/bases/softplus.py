"""y = gain log(1 + e^x), without overflow; dx = gain dy / (1 + e^-x)."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    y: Float[Array, "N D"]


def softplus(x: Float[Array, "N D"], gain: Float[Array, " D"]) -> tuple[Output, Callable[[Output], Gradients]]:
    N, D = x.shape
    size = np.where(x.real > 0, x, -x)
    value = np.where(x.real > 0, x, 0 * x) + np.log1p(np.exp(-size))

    def backward(d: Output) -> Gradients:
        dy = np.zeros_like(value) if d.y is None else d.y
        s = 1 / (1 + np.exp(-x))
        dx = dy * gain * s
        dgain = (dy * value).sum(axis=0)
        return {"x": dx, "gain": dgain}

    return Output(gain * value), backward
