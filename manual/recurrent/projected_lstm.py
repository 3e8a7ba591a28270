"""Long short-term memory with a projection: what is passed on is narrower than the cell, or wider.

    z_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh      rows in the blocks i, f, g, o
    i_t = s(z_i)    f_t = s(z_f)    g_t = tanh(z_g)    o_t = s(z_o)
    c_t = f_t * c_{t-1} + i_t * g_t
    m_t = o_t * tanh(c_t)
    h_t = W_hr m_t                                   t = 1..T

s is the logistic function; x_t (I), h_t (P), the rest (H), for each row of the batch.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t, dh_T and dc_T those at the last
states:

    dh_t  = dys_t + W_hh^T dz_{t+1}                  (dh_T instead of the product at t = T)
    dm_t  = W_hr^T dh_t
    dc_t  = dc_{t+1} * f_{t+1} + dm_t * o_t * (1 - tanh^2 c_t)             (dc_T instead of the first term)
    dz_i  = dc_t * g_t * i_t (1 - i_t)
    dz_f  = dc_t * c_{t-1} * f_t (1 - f_t)
    dz_g  = dc_t * i_t * (1 - g_t^2)
    dz_o  = dm_t * tanh(c_t) * o_t (1 - o_t)
    dW_hr = sum_t dh_t m_t^T
    dW_ih = sum_t dz_t x_t^T                         db_ih = sum_t dz_t    dx_t = W_ih^T dz_t
    dW_hh = sum_t dz_t h_{t-1}^T                     db_hh = sum_t dz_t
    dh_0  = W_hh^T dz_1                              dc_0  = dc_1 * f_1

dW_hr takes the whole dh_t: with dys_t alone it would hear nothing of what h_t does to later steps.  In print, Sak et
al. have peepholes and a second projection that is not fed back; torch.nn.LSTM has neither, and wants P < H, which
the mathematics does not.

Source: Sak, Senior and Beaufays, Long short-term memory based recurrent neural network architectures for large
vocabulary speech recognition (2014); names, layouts and gate order of torch.nn.LSTM with proj_size.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import logistic, tanh
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.time_loop import Product, State, StepBackward, blocks, time_loop


class ProjectedLSTMOutput(NamedTuple):
    ys: Float[Array, "T B P"]
    h_T: Float[Array, "B P"]
    c_T: Float[Array, "B H"]


class ProjectedParameters(NamedTuple):
    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array
    weight_hr: Array


@checked
def projected_lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "ifgo=4*H I"],
    weight_hh: Float[Array, "ifgo=4*H P"],
    bias_ih: Float[Array, "ifgo=4*H"],
    bias_hh: Float[Array, "ifgo=4*H"],
    weight_hr: Float[Array, "P H"],
    h_0: Float[Array, "B P"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
) -> tuple[ProjectedLSTMOutput, Callable[[ProjectedLSTMOutput], Gradients]]:
    """Run an LSTM with a projection over a batch of sequences.

    Shapes: x (T, B, I), weight_ih (4H, I), weight_hh (4H, P), biases (4H), weight_hr (P, H), h_0 (B, P) and c_0 (B, H),
    zeros if not given; ys (T, B, P), the projected state of every step, h_T (B, P) and c_T (B, H), the last states.
    """
    P, H = weight_hr.shape
    if h_0 is None:
        h_0 = np.zeros((x.shape[1], P), x.dtype)
    if c_0 is None:
        c_0 = np.zeros((x.shape[1], H), x.dtype)
    parameters = ProjectedParameters(weight_ih, weight_hh, bias_ih, bias_hh, weight_hr)
    (hs, cs), loop_backward = time_loop(projected_cell, x, parameters, (h_0, c_0))

    def backward(d: ProjectedLSTMOutput) -> Gradients:
        named, (dh_0, dc_0) = loop_backward([d.ys, None], [d.h_T, d.c_T])
        return {**named, "h_0": dh_0, "c_0": dc_0}

    return ProjectedLSTMOutput(hs[1:], hs[-1].copy(), cs[-1].copy()), backward


def projected_cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
    h_prev, c_prev = state
    z_i, z_f, z_g, z_o = blocks(gates_x + hidden(h_prev), 4)
    i, f, g, o = logistic(z_i), logistic(z_f), tanh(z_g), logistic(z_o)
    c = f * c_prev + i * g
    tanh_c = tanh(c)
    m = o * tanh_c

    def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
        dh, dc = dstate
        dm = hidden_vjp(dh, "hr")
        dc = dc + dm * o * (1 - tanh_c * tanh_c)
        dz_i = dc * g * i * (1 - i)
        dz_f = dc * c_prev * f * (1 - f)
        dz_g = dc * i * (1 - g * g)
        dz_o = dm * tanh_c * o * (1 - o)
        dz = np.concatenate((dz_i, dz_f, dz_g, dz_o))
        return dz, (hidden_vjp(dz), dc * f)

    return (hidden(m, "hr"), c), vjp
