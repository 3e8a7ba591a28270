"""y = gain (x - mean) / sqrt(var + 1e-5) + bias over a row; dx = r (g - mean(g) - xhat mean(g xhat)), g = gain dy."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    y: Float[Array, "B H"]


def layer_norm(
    x: Float[Array, "B H"], gain: Float[Array, " H"], bias: Float[Array, " H"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    B, H = x.shape
    n = max(H, 1)
    centred = x - x.sum(axis=1, keepdims=True) / n
    var = (centred * centred).sum(axis=1, keepdims=True) / n
    r = 1 / np.sqrt(var + 1e-5)
    xhat = centred * r
    y = gain * xhat + bias

    def backward(d: Output) -> Gradients:
        dy = np.zeros_like(y) if d.y is None else d.y
        g = gain * dy
        mean_g = g.sum(axis=1, keepdims=True) / n
        mean_gx = (g * xhat).sum(axis=1, keepdims=True) / n
        dx = r * (g - mean_g - xhat * mean_gx)
        dgain = (dy * xhat).sum(axis=0)
        dbias = dy.sum(axis=0)
        return {"x": dx, "gain": dgain, "bias": dbias}

    return Output(y), backward
