"""An LSTM in one plain loop, as it is written in public: the right unit that bugs are planted in."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from manual.layers.activation import logistic, tanh

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class LSTMOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]
    c_T: Float[Array, "B H"]


def lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "4*H I"],
    weight_hh: Float[Array, "4*H H"],
    bias_ih: Float[Array, "4*H"],
    bias_hh: Float[Array, "4*H"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
) -> tuple[LSTMOutput, Callable[[LSTMOutput], Gradients]]:
    T, B, H = len(x), x.shape[1], weight_hh.shape[1]
    hs, cs = np.zeros((T + 1, B, H), x.dtype), np.zeros((T + 1, B, H), x.dtype)
    if h_0 is not None:
        hs[0] = h_0
    if c_0 is not None:
        cs[0] = c_0
    gates = []
    for t in range(T):
        z = x[t] @ weight_ih.T + bias_ih + hs[t] @ weight_hh.T + bias_hh
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
        i, f, g, o = logistic(z_i), logistic(z_f), tanh(z_g), logistic(z_o)
        cs[t + 1] = f * cs[t] + i * g
        hs[t + 1] = o * tanh(cs[t + 1])
        gates.append((i, f, g, o))

    def backward(d: LSTMOutput) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dh_next = np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()
        dc_next = np.zeros_like(cs[0]) if d.c_T is None else d.c_T.copy()
        dx, dbias = np.zeros_like(x), np.zeros_like(bias_ih)
        dweight_ih, dweight_hh = np.zeros_like(weight_ih), np.zeros_like(weight_hh)
        for t in reversed(range(T)):
            i, f, g, o = gates[t]
            tanh_c = tanh(cs[t + 1])
            dh = dys[t] + dh_next
            dc = dc_next + dh * o * (1 - tanh_c * tanh_c)
            dz_i = dc * g * i * (1 - i)
            dz_f = dc * cs[t] * f * (1 - f)
            dz_g = dc * i * (1 - g * g)
            dz_o = dh * tanh_c * o * (1 - o)
            dz = np.concatenate((dz_i, dz_f, dz_g, dz_o), axis=1)
            dx[t] = dz @ weight_ih
            dweight_ih += dz.T @ x[t]
            dweight_hh += dz.T @ hs[t]
            dbias += dz.sum(axis=0)
            dh_next = dz @ weight_hh
            dc_next = dc * f
        gradients = {"x": dx, "weight_ih": dweight_ih, "weight_hh": dweight_hh, "h_0": dh_next, "c_0": dc_next}
        return gradients | {"bias_ih": dbias, "bias_hh": dbias.copy()}

    return LSTMOutput(hs[1:].copy(), hs[-1].copy(), cs[-1].copy()), backward
