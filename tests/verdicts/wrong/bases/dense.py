"""y = x W^T + b; dW = dy^T x, dx = dy W, db = the sum of dy over the rows."""

# ruff: noqa: E741, F841, RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    y: Float[Array, "N H"]


def dense(
    x: Float[Array, "N I"], weight: Float[Array, "H I"], bias: Float[Array, " H"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    N, I = x.shape
    H = len(bias)
    y = x @ weight.T + bias

    def backward(d: Output) -> Gradients:
        dy = np.zeros_like(y) if d.y is None else d.y
        dx = dy @ weight
        dweight = dy.T @ x
        dbias = dy.sum(axis=0)
        return {"x": dx, "weight": dweight, "bias": dbias}

    return Output(y), backward
