"""The independently recurrent network: each neuron hears of the past only its own state.

    z_t = W_ih x_t + b_ih + w_hh * h_{t-1}
    h_t = phi(z_t)                                   t = 1..T

phi is any of `activation`'s; x_t (I), h_t, z_t, w_hh (H), for each row of the batch.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t and dh_T that at the last state:

    dh_t  = dys_t + w_hh * dz_{t+1}                  (dh_T instead of the product at t = T)
    dz_t  = dh_t * phi'(z_t)
    dW_ih = sum_t dz_t x_t^T                         db_ih = sum_t dz_t        dx_t = W_ih^T dz_t
    dw_hh = sum_t dz_t * h_{t-1}                     dh_0  = w_hh * dz_1

The derivative of a state k steps on is w_hh^k times k slopes phi', neuron by neuron: that is why the paper bounds
|w_hh| by the T-th root of a constant and takes relu.

Source: Li, Li, Cook, Zhu and Gao, Independently recurrent neural network (IndRNN): building a longer and deeper RNN
(2018).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import DERIVATIVE, FUNCTION, Kind
from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked


class IndRNNOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


@checked
def indrnn(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, " H"],
    bias_ih: Float[Array, " H"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> tuple[IndRNNOutput, Callable[[IndRNNOutput], Gradients]]:
    """Run an independently recurrent network over a batch of sequences.

    Shapes: x (T, B, I), weight_ih (H, I), weight_hh and bias_ih (H), h_0 (B, H), zeros if not given; ys (T, B, H), the
    state of every step, and h_T (B, H), the last one.
    """
    phi, derivative = FUNCTION[activation], DERIVATIVE[activation]
    zs = x @ weight_ih.T + bias_ih
    hs = np.zeros((len(x) + 1, *zs.shape[1:]), zs.dtype)
    if h_0 is not None:
        hs[0] = h_0
    for t in range(len(x)):
        zs[t] = zs[t] + weight_hh * hs[t]
        hs[t + 1] = phi(zs[t])

    def backward(d: IndRNNOutput) -> Gradients:
        dys = or_zeros(d.ys, zs)
        dh = or_zeros(d.h_T, hs[0])
        dzs = np.empty(zs.shape, zs.dtype)
        for t in reversed(range(len(x))):
            dzs[t] = (dys[t] + dh) * derivative(zs[t], hs[t + 1])
            dh = weight_hh * dzs[t]
        rows = dzs.reshape(-1, len(weight_ih))
        return {
            "x": dzs @ weight_ih,
            "weight_ih": rows.T @ x.reshape(-1, x.shape[2]),
            "weight_hh": (dzs * hs[:-1]).sum(axis=(0, 1)),
            "bias_ih": rows.sum(axis=0),
            "h_0": dh.copy(),
        }

    return IndRNNOutput(hs[1:], hs[-1].copy()), backward
