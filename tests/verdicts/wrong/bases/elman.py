"""h_t = tanh(W_ih x_t + W_hh h_{t-1} + b); with dz_t = dh_t (1 - h_t^2), the carry is dz_t W_hh."""

# ruff: noqa: E741 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


def elman(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias: Float[Array, " H"],
    h_0: Float[Array, "B H"],
) -> tuple[Output, Callable[[Output], Gradients]]:
    T, B, I = x.shape
    H = len(bias)
    hs = np.empty((T + 1, B, H), np.result_type(x, weight_ih, weight_hh, bias, h_0))
    hs[0] = h_0
    for t in range(T):
        hs[t + 1] = np.tanh(x[t] @ weight_ih.T + hs[t] @ weight_hh.T + bias)

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        carry = np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()
        dz = np.empty_like(hs[1:])
        for t in reversed(range(T)):
            dz[t] = (dys[t] + carry) * (1 - hs[t + 1] * hs[t + 1])
            carry = dz[t] @ weight_hh
        rows = dz.reshape(T * B, H)
        dx = dz @ weight_ih
        dweight_ih = rows.T @ x.reshape(T * B, I)
        dweight_hh = rows.T @ hs[:-1].reshape(T * B, H)
        dbias = rows.sum(axis=0)
        return {"x": dx, "weight_ih": dweight_ih, "weight_hh": dweight_hh, "bias": dbias, "h_0": carry}

    return Output(hs[1:].copy(), hs[-1].copy()), backward
