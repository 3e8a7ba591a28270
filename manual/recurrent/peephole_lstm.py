"""Long short-term memory with peepholes: the gates see the cell, the output gate the new one.

    z_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh      rows in the blocks i, f, g, o
    i_t = s(z_i + w_ci * c_{t-1})    f_t = s(z_f + w_cf * c_{t-1})    g_t = tanh(z_g)
    c_t = f_t * c_{t-1} + i_t * g_t
    o_t = s(z_o + w_co * c_t)
    h_t = o_t * tanh(c_t)                            t = 1..T

s is the logistic function; x_t (I), the rest (H), the peepholes w too: each cell is seen by its own gates alone.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t, dh_T and dc_T those at the last states
and dz the gradient before the activation, peephole included:

    dh_t  = dys_t + W_hh^T dz_{t+1}                  (dh_T instead of the product at t = T)
    dz_o  = dh_t * tanh(c_t) * o_t (1 - o_t)
    dc_t  = dc_{t+1} * f_{t+1} + w_ci * dz_{i,t+1} + w_cf * dz_{f,t+1}     (dc_T instead of these at t = T)
            + dh_t * o_t * (1 - tanh^2 c_t) + w_co * dz_o
    dz_i  = dc_t * g_t * i_t (1 - i_t)
    dz_f  = dc_t * c_{t-1} * f_t (1 - f_t)
    dz_g  = dc_t * i_t * (1 - g_t^2)
    dw_ci = sum_t dz_i * c_{t-1}    dw_cf = sum_t dz_f * c_{t-1}    dw_co = sum_t dz_o * c_t
    dW_ih = sum_t dz_t x_t^T                         db_ih = sum_t dz_t    dx_t = W_ih^T dz_t
    dW_hh = sum_t dz_t h_{t-1}^T                     db_hh = sum_t dz_t
    dh_0  = W_hh^T dz_1                              dc_0  = dc_1 * f_1 + w_ci * dz_{i,1} + w_cf * dz_{f,1}

In print the output gate is found to see c_{t-1}.  Gers and Schmidhuber send no error back through the peepholes, on
purpose; this is the whole gradient, as in Graves and Schmidhuber.

Source: Gers and Schmidhuber, Recurrent nets that time and count (2000); Graves and Schmidhuber, Framewise phoneme
classification with bidirectional LSTM (2005); names, layouts and gate order of torch.nn.LSTM.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import logistic, tanh
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.time_loop import Product, State, StepBackward, blocks, time_loop


class PeepholeLSTMOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]
    c_T: Float[Array, "B H"]


class PeepholeParameters(NamedTuple):
    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array
    weight_ci: Array
    weight_cf: Array
    weight_co: Array


@checked
def peephole_lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "ifgo=4*H I"],
    weight_hh: Float[Array, "ifgo=4*H H"],
    bias_ih: Float[Array, "ifgo=4*H"],
    bias_hh: Float[Array, "ifgo=4*H"],
    weight_ci: Float[Array, " H"],
    weight_cf: Float[Array, " H"],
    weight_co: Float[Array, " H"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
) -> tuple[PeepholeLSTMOutput, Callable[[PeepholeLSTMOutput], Gradients]]:
    """Run an LSTM with peepholes over a batch of sequences.

    Shapes: x (T, B, I), weights (4H, I) and (4H, H), biases (4H), peepholes (H), h_0 and c_0 (B, H), zeros if not
    given; ys (T, B, H), the hidden state of every step, h_T and c_T (B, H), the last states.
    """
    zeros = np.zeros((x.shape[1], weight_hh.shape[1]), x.dtype)
    state_0 = (zeros if h_0 is None else h_0, zeros if c_0 is None else c_0)
    parameters = PeepholeParameters(weight_ih, weight_hh, bias_ih, bias_hh, weight_ci, weight_cf, weight_co)
    (hs, cs), loop_backward = time_loop(peephole_cell, x, parameters, state_0)

    def backward(d: PeepholeLSTMOutput) -> Gradients:
        named, (dh_0, dc_0) = loop_backward([d.ys, None], [d.h_T, d.c_T])
        return {**named, "h_0": dh_0, "c_0": dc_0}

    return PeepholeLSTMOutput(hs[1:], hs[-1].copy(), cs[-1].copy()), backward


def peephole_cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
    h_prev, c_prev = state
    z_i, z_f, z_g, z_o = blocks(gates_x + hidden(h_prev), 4)
    i, f = logistic(z_i + hidden(c_prev, "ci")), logistic(z_f + hidden(c_prev, "cf"))
    g = tanh(z_g)
    c = f * c_prev + i * g
    o = logistic(z_o + hidden(c, "co"))
    tanh_c = tanh(c)

    def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
        dh, dc = dstate
        dz_o = dh * tanh_c * o * (1 - o)
        dc = dc + dh * o * (1 - tanh_c * tanh_c) + hidden_vjp(dz_o, "co")
        dz_i = dc * g * i * (1 - i)
        dz_f = dc * c_prev * f * (1 - f)
        dz_g = dc * i * (1 - g * g)
        dz = np.concatenate((dz_i, dz_f, dz_g, dz_o))
        return dz, (hidden_vjp(dz), dc * f + hidden_vjp(dz_i, "ci") + hidden_vjp(dz_f, "cf"))

    return (o * tanh_c, c), vjp
