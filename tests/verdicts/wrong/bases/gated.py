"""y = a s with s = 1 / (1 + e^-b); da = dy s, db = dy a s (1 - s)."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    y: Float[Array, "N D"]


def gated(a: Float[Array, "N D"], b: Float[Array, "N D"]) -> tuple[Output, Callable[[Output], Gradients]]:
    N, D = a.shape
    s = 1 / (1 + np.exp(-b))
    y = a * s

    def backward(d: Output) -> Gradients:
        dy = np.zeros_like(y) if d.y is None else d.y
        da = dy * s
        db = dy * a * s * (1 - s)
        return {"a": da, "b": db}

    return Output(y.copy()), backward
