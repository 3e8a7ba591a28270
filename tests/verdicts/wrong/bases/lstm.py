"""c_t = f c_{t-1} + i g and h_t = o tanh(c_t); gates of W_ih x_t + W_hh h_{t-1} + b in the order i f g o."""

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
    c_T: Float[Array, "B H"]


def logistic(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "4*H I"],
    weight_hh: Float[Array, "4*H H"],
    bias: Float[Array, " 4*H"],
    h_0: Float[Array, "B H"],
    c_0: Float[Array, "B H"],
) -> tuple[Output, Callable[[Output], Gradients]]:
    T, B, I = x.shape
    H = h_0.shape[1]
    dtype = np.result_type(x, weight_ih, weight_hh, bias, h_0, c_0)
    hs, cs = np.empty((T + 1, B, H), dtype), np.empty((T + 1, B, H), dtype)
    gates = np.empty((T, 4, B, H), dtype)
    hs[0], cs[0] = h_0, c_0
    for t in range(T):
        z = x[t] @ weight_ih.T + hs[t] @ weight_hh.T + bias
        i, f, g, o = z[:, :H], z[:, H : 2 * H], z[:, 2 * H : 3 * H], z[:, 3 * H :]
        gates[t] = logistic(i), logistic(f), np.tanh(g), logistic(o)
        cs[t + 1] = gates[t, 1] * cs[t] + gates[t, 0] * gates[t, 2]
        hs[t + 1] = gates[t, 3] * np.tanh(cs[t + 1])

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dh_T, dc_T = d.h_T, d.c_T
        dh = np.zeros_like(hs[0]) if dh_T is None else dh_T.copy()
        dc = np.zeros_like(cs[0]) if dc_T is None else dc_T.copy()
        dz = np.empty((T, B, 4 * H), dtype)
        for t in reversed(range(T)):
            i, f, g, o = gates[t]
            c_prev, tanh_c = cs[t], np.tanh(cs[t + 1])
            dh = dh + dys[t]
            do = dh * tanh_c
            dc = dc + dh * o * (1 - tanh_c * tanh_c)
            di, df, dg = dc * g, dc * c_prev, dc * i
            di, df, dg, do = di * i * (1 - i), df * f * (1 - f), dg * (1 - g * g), do * o * (1 - o)
            dz[t] = np.concatenate((di, df, dg, do), axis=1)
            dc = dc * f
            dh = dz[t] @ weight_hh
        rows = dz.reshape(T * B, 4 * H)
        dx = dz @ weight_ih
        dweight_ih = rows.T @ x.reshape(T * B, I)
        dweight_hh = rows.T @ hs[:-1].reshape(T * B, H)
        dbias = rows.sum(axis=0)
        return {"x": dx, "weight_ih": dweight_ih, "weight_hh": dweight_hh, "bias": dbias, "h_0": dh, "c_0": dc}

    return Output(hs[1:].copy(), hs[-1].copy(), cs[-1].copy()), backward
