"""Elman's simple recurrent network.

    z_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
    h_t = phi(z_t)                                   t = 1..T

phi is any of `activation`'s; x_t (I), h_t, z_t (H), for each row of the batch.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t and dh_T that at the last state:

    dh_t     = dys_t + W_hh^T dz_{t+1}               (dh_T instead of the product at t = T)
    dz_t     = dh_t * phi'(z_t)
    dW_ih    = sum_t dz_t x_t^T                      db_ih = sum_t dz_t
    dW_hh    = sum_t dz_t h_{t-1}^T                  db_hh = sum_t dz_t
    dx_t     = W_ih^T dz_t                           dh_0  = W_hh^T dz_1

In print the carry W_hh^T dz_{t+1} is sometimes left out, or h_t stands on the right of the first equation.

Source: Elman, Finding structure in time, Cognitive Science 14 (1990); names and layouts of torch.nn.RNN.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import DERIVATIVE, FUNCTION, Kind
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.time_loop import Cell, Parameters, Product, State, StepBackward, time_loop


class RNNOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


@checked
def rnn(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias_ih: Float[Array, " H"],
    bias_hh: Float[Array, " H"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> tuple[RNNOutput, Callable[[RNNOutput], Gradients]]:
    """Run an Elman network over a batch of sequences.

    Shapes: x (T, B, I), weights (H, I) and (H, H), biases (H), h_0 (B, H), zeros if not given; ys (T, B, H), the
    state of every step, and h_T (B, H), the last one.
    """
    if h_0 is None:
        h_0 = np.zeros((x.shape[1], weight_hh.shape[1]), x.dtype)
    parameters = Parameters(weight_ih, weight_hh, bias_ih, bias_hh)
    (hs,), loop_backward = time_loop(rnn_cell(activation), x, parameters, (h_0,))

    def backward(d: RNNOutput) -> Gradients:
        named, (dh_0,) = loop_backward([d.ys], [d.h_T])
        return {**named, "h_0": dh_0}

    return RNNOutput(hs[1:], hs[-1].copy()), backward


def rnn_cell(activation: Kind) -> Cell:
    phi, derivative = FUNCTION[activation], DERIVATIVE[activation]

    def cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
        z = gates_x + hidden(state[0])
        h = phi(z)

        def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
            dz = dstate[0] * derivative(z, h)
            return dz, (hidden_vjp(dz),)

        return (h,), vjp

    return cell
