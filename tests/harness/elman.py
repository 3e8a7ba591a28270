"""An Elman network in one plain loop: the unit that bugs are planted in by editing its source."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


def elman(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias_ih: Float[Array, " H"],
    bias_hh: Float[Array, " H"],
    h_0: Float[Array, "B H"] | None = None,
) -> tuple[Output, Callable[[Output], dict[str, Array]]]:
    T, B, H = len(x), x.shape[1], len(weight_hh)
    hs = np.zeros((T + 1, B, H), x.dtype)
    if h_0 is not None:
        hs[0] = h_0
    for t in range(T):
        hs[t + 1] = np.tanh(x[t] @ weight_ih.T + bias_ih + hs[t] @ weight_hh.T + bias_hh)

    def backward(d: Output) -> dict[str, Array]:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dh = np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()
        dx, dbias = np.zeros_like(x), np.zeros_like(bias_ih)
        dweight_ih, dweight_hh = np.zeros_like(weight_ih), np.zeros_like(weight_hh)
        for t in reversed(range(T)):
            dh = dh + dys[t]
            dz = dh * (1 - hs[t + 1] * hs[t + 1])
            dx[t] = dz @ weight_ih
            dweight_ih += dz.T @ x[t]
            dweight_hh += dz.T @ hs[t]
            dbias += dz.sum(axis=0)
            dh = dz @ weight_hh
        gradients = {"x": dx, "weight_ih": dweight_ih, "weight_hh": dweight_hh, "h_0": dh}
        return gradients | {"bias_ih": dbias, "bias_hh": dbias.copy()}

    return Output(hs[1:].copy(), hs[-1].copy()), backward
