"""A GRU in one plain loop, its reset before the product: the right unit that bugs are planted in."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from manual.layers.activation import logistic, tanh

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


def gru(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "3*H I"],
    weight_hh: Float[Array, "3*H H"],
    bias: Float[Array, "3*H"],
    h_0: Float[Array, "B H"],
) -> tuple[Output, Callable[[Output], Gradients]]:
    """Rows in the blocks r, u, c; the reset before the product; u weighs the state."""
    T, B, H = len(x), x.shape[1], weight_hh.shape[1]
    hs = np.zeros((T + 1, B, H), x.dtype)
    hs[0] = h_0
    gates = []
    for t in range(T):
        h_prev = hs[t]
        a = x[t] @ weight_ih.T + bias
        r = logistic(a[:, :H] + h_prev @ weight_hh[:H].T)
        u = logistic(a[:, H : 2 * H] + h_prev @ weight_hh[H : 2 * H].T)
        c = tanh(a[:, 2 * H :] + (r * h_prev) @ weight_hh[2 * H :].T)
        hs[t + 1] = u * h_prev + (1 - u) * c
        gates.append((r, u, c))

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dh_next = np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()
        dx, dbias = np.zeros_like(x), np.zeros_like(bias)
        dweight_ih, dweight_hh = np.zeros_like(weight_ih), np.zeros_like(weight_hh)
        for t in reversed(range(T)):
            r, u, c = gates[t]
            h_prev = hs[t]
            dh = dys[t] + dh_next
            dc_bar = dh * (1 - u) * (1 - c * c)
            dhr = dc_bar @ weight_hh[2 * H :]
            du_bar = dh * (h_prev - c) * u * (1 - u)
            dr_bar = dhr * h_prev * r * (1 - r)
            da = np.concatenate((dr_bar, du_bar, dc_bar), axis=1)
            dx[t] = da @ weight_ih
            dweight_ih += da.T @ x[t]
            dweight_hh += np.concatenate((da[:, : 2 * H].T @ h_prev, dc_bar.T @ (r * h_prev)))
            dbias += da.sum(axis=0)
            dh_next = da[:, : 2 * H] @ weight_hh[: 2 * H] + dhr * r + dh * u
        return {"x": dx, "weight_ih": dweight_ih, "weight_hh": dweight_hh, "bias": dbias, "h_0": dh_next}

    return Output(hs[1:].copy(), hs[-1].copy()), backward
