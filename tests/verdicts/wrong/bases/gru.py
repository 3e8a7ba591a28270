"""h_t = (1 - u) n + u h_{t-1}, n = tanh(W_n x_t + r (R_n h_{t-1}) + b_n), for a row's own number of steps."""

# ruff: noqa: E741 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


def logistic(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def gru(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "3*H I"],
    weight_hh: Float[Array, "3*H H"],
    bias: Float[Array, " 3*H"],
    h_0: Float[Array, "B H"],
    lengths: Annotated[Int[Array, " B"], "0 <= lengths <= T"],
) -> tuple[Output, Callable[[Output], Gradients]]:
    T, B, I = x.shape
    H = h_0.shape[1]
    dtype = np.result_type(x, weight_ih, weight_hh, bias, h_0)
    hs, gates = np.empty((T + 1, B, H), dtype), np.empty((T, 4, B, H), dtype)
    alive = (np.arange(T)[:, None] < lengths)[..., None]
    hs[0] = h_0
    for t in range(T):
        zx, zh = x[t] @ weight_ih.T + bias, hs[t] @ weight_hh.T
        r, u = logistic(zx[:, :H] + zh[:, :H]), logistic(zx[:, H : 2 * H] + zh[:, H : 2 * H])
        recurrent = zh[:, 2 * H :]
        n = np.tanh(zx[:, 2 * H :] + r * recurrent)
        gates[t] = r, u, n, recurrent
        hs[t + 1] = np.where(alive[t], (1 - u) * n + u * hs[t], hs[t])

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dh = np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()
        dzx, dzh = np.zeros((T, B, 3 * H), dtype), np.zeros((T, B, 3 * H), dtype)
        for t in reversed(range(T)):
            r, u, n, recurrent = gates[t]
            dh = dh + dys[t]
            live = np.where(alive[t], dh, 0 * dh)
            dn = live * (1 - u) * (1 - n * n)
            du = live * (hs[t] - n) * u * (1 - u)
            dr = dn * recurrent * r * (1 - r)
            dzx[t] = np.concatenate((dr, du, dn), axis=1)
            dzh[t] = np.concatenate((dr, du, dn * r), axis=1)
            dh = dh - live + live * u + dzh[t] @ weight_hh
        dx = dzx @ weight_ih
        dweight_ih = dzx.reshape(T * B, 3 * H).T @ x.reshape(T * B, I)
        dweight_hh = dzh.reshape(T * B, 3 * H).T @ hs[:-1].reshape(T * B, H)
        dbias = dzx.reshape(T * B, 3 * H).sum(axis=0)
        return {"x": dx, "weight_ih": dweight_ih, "weight_hh": dweight_hh, "bias": dbias, "h_0": dh}

    return Output(hs[1:].copy(), hs[-1].copy()), backward
