"""The recurrent network whose state is what stands before the activation.

    a_t = phi(h_t)                                   t = 0..T
    h_t = W_hh a_{t-1} + W_ih x_t + b_ih             t = 1..T

phi is any of `activation`'s; x_t (I), h_t, a_t (H), for each row of the batch.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t and dh_T that at the last state:

    da_t  = W_hh^T dh_{t+1}
    dh_t  = dys_t + phi'(h_t) * da_t                 (dh_T instead of the product at t = T)
    dW_hh = sum_t dh_t a_{t-1}^T                     db_ih = sum_t dh_t
    dW_ih = sum_t dh_t x_t^T                         dx_t  = W_ih^T dh_t
    da_0  = W_hh^T dh_1                              dh_0  = phi'(h_0) * da_0

The Jacobian over many steps is prod_{j=k+1..t} W_hh diag(phi'(h_{j-1})), later steps on the left; of `rnn`, whose state
stands behind the activation, it is prod_{j=k+1..t} diag(phi'(z_j)) W_hh.  In print the two are mixed.  The a_t are the
states of `rnn` started from phi(h_0); as outputs the h_t are another unit, with another backward.

Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013), equation 2.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import DERIVATIVE, FUNCTION, Kind
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.time_loop import Cell, Product, State, StepBackward, time_loop


class PreactivationRNNOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


class PreactivationRNNParameters(NamedTuple):
    weight_ih: Array
    weight_hh: Array
    bias_ih: Array


@checked
def preactivation_rnn(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias_ih: Float[Array, " H"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> tuple[PreactivationRNNOutput, Callable[[PreactivationRNNOutput], Gradients]]:
    """Run a network over a batch of sequences whose state is what stands before the activation.

    Shapes: x (T, B, I), weights (H, I) and (H, H), bias (H), h_0 (B, H), zeros if not given; ys (T, B, H), the state of
    every step, and h_T (B, H), the last one.
    """
    if h_0 is None:
        h_0 = np.zeros_like(x, shape=(x.shape[1], len(weight_hh)))
    parameters = PreactivationRNNParameters(weight_ih, weight_hh, bias_ih)
    (hs,), loop_backward = time_loop(preactivation_cell(activation), x, parameters, (h_0,))

    def backward(d: PreactivationRNNOutput) -> Gradients:
        named, (dh_0,) = loop_backward([d.ys], [d.h_T])
        return {**named, "h_0": dh_0}

    return PreactivationRNNOutput(hs[1:], hs[-1].copy()), backward


def preactivation_cell(activation: Kind) -> Cell:
    phi, derivative = FUNCTION[activation], DERIVATIVE[activation]

    def cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
        (h_prev,) = state
        a_prev = phi(h_prev)
        h = gates_x + hidden(a_prev)

        def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
            (dh,) = dstate
            da_prev = hidden_vjp(dh)
            return dh, (derivative(h_prev, a_prev) * da_prev,)

        return (h,), vjp

    return cell
