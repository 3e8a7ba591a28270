"""h_t = a_t h_{t-1} + x_t; da_t = dh_t h_{t-1}, dx_t = dh_t, the carry is a_t dh_t."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


def linear_scan(
    x: Float[Array, "T B H"], a: Float[Array, "T B H"], h_0: Float[Array, "B H"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    T, B, H = x.shape
    hs = np.empty((T + 1, B, H), np.result_type(x, a, h_0))
    hs[0] = h_0
    for t in range(T):
        hs[t + 1] = a[t] * hs[t] + x[t]

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        carry = np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()
        dx = np.empty_like(hs[1:])
        for t in reversed(range(T)):
            dx[t] = dys[t] + carry
            carry = a[t] * dx[t]
        da = dx * hs[:-1]
        return {"x": dx, "a": da, "h_0": carry}

    return Output(hs[1:].copy(), hs[-1].copy()), backward
