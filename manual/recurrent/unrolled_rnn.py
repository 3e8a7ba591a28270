"""Elman's network unrolled: every step has weights of its own.

    z_t = W_ih[t] x_t + b_ih[t] + W_hh[t] h_{t-1} + b_hh[t]        h_t = tanh(z_t)        t = 1..T

x_t (I), h_t, z_t (H), for each row of the batch.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t and dh_T that at the last state:

    dh_t     = dys_t + W_hh[t+1]^T dz_{t+1}          (dh_T instead of the product at t = T)
    dz_t     = dh_t * (1 - h_t^2)
    dW_ih[t] = dz_t x_t^T                            db_ih[t] = dz_t
    dW_hh[t] = dz_t h_{t-1}^T                        db_hh[t] = dz_t
    dx_t     = W_ih[t]^T dz_t                        dh_0     = W_hh[1]^T dz_1

Where all copies are equal this is `rnn`, and the gradient of its shared weight is the sum over t of these: that is why
backpropagation through time adds up over time.

Source: Rumelhart, Hinton and Williams, Learning internal representations by error propagation (1986); Werbos (1990).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import tanh
from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked


class UnrolledOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


@checked
def unrolled_rnn(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "T H I"],
    weight_hh: Float[Array, "T H H"],
    bias_ih: Float[Array, "T H"],
    bias_hh: Float[Array, "T H"],
    h_0: Float[Array, "B H"],
) -> tuple[UnrolledOutput, Callable[[UnrolledOutput], Gradients]]:
    """Run an Elman network whose weights are given for each step.

    Shapes: x (T, B, I), weights (T, H, I) and (T, H, H), biases (T, H), h_0 (B, H); ys (T, B, H), h_T (B, H).
    """
    zs = x @ weight_ih.swapaxes(1, 2) + (bias_ih + bias_hh)[:, None]
    hs = np.empty((len(x) + 1, *h_0.shape), np.result_type(zs, h_0))
    hs[0] = h_0
    for t in range(len(x)):
        hs[t + 1] = tanh(zs[t] + hs[t] @ weight_hh[t].T)

    def backward(d: UnrolledOutput) -> Gradients:
        dys = or_zeros(d.ys, hs[1:])
        dh = or_zeros(d.h_T, hs[0])
        dzs = np.empty(zs.shape, hs.dtype)
        for t in reversed(range(len(x))):
            dzs[t] = (dys[t] + dh) * (1 - hs[t + 1] * hs[t + 1])
            dh = dzs[t] @ weight_hh[t]
        rows = dzs.swapaxes(1, 2)
        return {
            "x": dzs @ weight_ih,
            "weight_ih": rows @ x,
            "weight_hh": rows @ hs[:-1],
            "bias_ih": dzs.sum(axis=1),
            "bias_hh": dzs.sum(axis=1),
            "h_0": dh.copy(),
        }

    return UnrolledOutput(hs[1:], hs[-1].copy()), backward
