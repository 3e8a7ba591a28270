"""The gated recurrent unit, in the four forms that are in use.

    a_t = W_ih x_t + b_ih                 rows in the blocks r, z, n
    u_r = W_hr h_{t-1} + b_hr             u_z = W_hz h_{t-1} + b_hz
    r_t = s(a_r + u_r)                    z_t = s(a_z + u_z)
    reset after:             u_n = W_hn h_{t-1} + b_hn      n_t = tanh(a_n + r_t * u_n)
    reset before:            m_t = r_t * h_{t-1}            n_t = tanh(a_n + W_hn m_t + b_hn)
    z weighs the state:      k_t = z_t                      (torch.nn, cuDNN)
    z weighs the candidate:  k_t = 1 - z_t                  (Chung et al., most lecture notes)
    h_t = k_t * h_{t-1} + (1 - k_t) * n_t                   t = 1..T

s is the logistic function; x_t (I), the rest (H), for each row of the batch; k_t is the weight of the state.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t and dh_T that at the last state:

    reset after:   dh_t = dys_t + dh_{t+1} * k_{t+1} + W_hh^T du_{t+1}    (dh_T instead of what t+1 gives at t = T)
    reset before:  dh_t = dys_t + dh_{t+1} * k_{t+1} + dm_{t+1} * r_{t+1} + W_hr^T du_{r,t+1} + W_hz^T du_{z,t+1}
                                                                          (dh_T instead of what t+1 gives at t = T)
    dk_t  = dh_t * (h_{t-1} - n_t)
    z weighs the state:      da_z = dk_t * z_t (1 - z_t)
    z weighs the candidate:  da_z = -dk_t * z_t (1 - z_t)
    da_n  = dh_t * (1 - k_t) * (1 - n_t^2)
    reset after:   dr_t = da_n * u_n      du_n = da_n * r_t
    reset before:  dm_t = W_hn^T da_n     dr_t = dm_t * h_{t-1}     du_n = da_n
    da_r  = dr_t * r_t (1 - r_t)          du_r = da_r               du_z = da_z
    dW_ih = sum_t da_t x_t^T              db_ih = sum_t da_t        dx_t = W_ih^T da_t
    dW_hr = sum_t du_r h_{t-1}^T          dW_hz = sum_t du_z h_{t-1}^T
    reset after:   dW_hn = sum_t du_n h_{t-1}^T
    reset before:  dW_hn = sum_t du_n m_t^T
    db_hh = sum_t du_t                    dh_0 is what step 1 gives to dh_t at t = 0

With the reset after the product db_in and db_hn differ by the factor r_t; copies that set them equal are wrong.

Source: Cho et al. (2014), Chung et al. (2014); names, layouts and gate order of torch.nn.GRU.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import logistic, tanh
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.time_loop import Cell, Parameters, Product, State, StepBackward, blocks, time_loop


class GRUOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


@checked
def gru(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "rzn=3*H I"],
    weight_hh: Float[Array, "rzn=3*H H"],
    bias_ih: Float[Array, "rzn=3*H"],
    bias_hh: Float[Array, "rzn=3*H"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
    z_weighs: Literal["state", "candidate"] = "state",
) -> tuple[GRUOutput, Callable[[GRUOutput], Gradients]]:
    """Run a GRU over a batch of sequences.

    Shapes: x (T, B, I), weights (3H, I) and (3H, H), biases (3H), h_0 (B, H), zeros if not given; ys (T, B, H), the
    state of every step, and h_T (B, H), the last one.  `reset` places the reset gate after or before the hidden
    product of the candidate; `z_weighs` says what the update gate multiplies.
    """
    H = weight_hh.shape[1]
    if h_0 is None:
        h_0 = np.zeros((x.shape[1], H), x.dtype)
    cell, stages = gru_cell(H, reset, z_weighs)
    parameters = Parameters(weight_ih, weight_hh, bias_ih, bias_hh)
    (hs,), loop_backward = time_loop(cell, x, parameters, (h_0,), stages)

    def backward(d: GRUOutput) -> Gradients:
        named, (dh_0,) = loop_backward([d.ys], [d.h_T])
        return {**named, "h_0": dh_0}

    return GRUOutput(hs[1:], hs[-1].copy()), backward


def gru_cell(H: int, reset: str = "after", z_weighs: str = "state") -> tuple[Cell, tuple[int, ...]]:
    """The cell of one of the four forms, and the stages of its hidden product."""
    if reset == "after":
        return reset_after(z_weighs == "state"), (3 * H,)
    return reset_before(z_weighs == "state"), (2 * H, H)


def reset_after(z_weighs_state: bool) -> Cell:
    def cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
        (h_prev,) = state
        a_r, a_z, a_n = blocks(gates_x, 3)
        u_r, u_z, u_n = blocks(hidden(h_prev), 3)
        r, z = logistic(a_r + u_r), logistic(a_z + u_z)
        n = tanh(a_n + r * u_n)
        h, update_vjp = update(z_weighs_state, z, n, h_prev)

        def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
            dh_prev, da_z, da_n = update_vjp(dstate[0])
            da_r = da_n * u_n * r * (1 - r)
            du = np.concatenate((da_r, da_z, da_n * r))
            return np.concatenate((da_r, da_z, da_n)), (dh_prev + hidden_vjp(du),)

        return (h,), vjp

    return cell


def reset_before(z_weighs_state: bool) -> Cell:
    def cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
        (h_prev,) = state
        a_r, a_z, a_n = blocks(gates_x, 3)
        u_r, u_z = blocks(hidden(h_prev, 0), 2)
        r, z = logistic(a_r + u_r), logistic(a_z + u_z)
        n = tanh(a_n + hidden(r * h_prev, 1))
        h, update_vjp = update(z_weighs_state, z, n, h_prev)

        def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
            dh_prev, da_z, da_n = update_vjp(dstate[0])
            dm = hidden_vjp(da_n, 1)
            da_r = dm * h_prev * r * (1 - r)
            du = np.concatenate((da_r, da_z))
            da = np.concatenate((da_r, da_z, da_n))
            return da, (dh_prev + dm * r + hidden_vjp(du, 0),)

        return (h,), vjp

    return cell


def update(
    z_weighs_state: bool, z: Array, n: Array, h_prev: Array
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """h = k h_prev + (1 - k) n, and its backward dh -> (the direct part of dh_prev, da_z, da_n)."""
    keep, replace = (z, 1 - z) if z_weighs_state else (1 - z, z)

    def vjp(dh: Array) -> tuple[Array, Array, Array]:
        difference = h_prev - n if z_weighs_state else n - h_prev
        return dh * keep, dh * difference * z * (1 - z), dh * replace * (1 - n * n)

    return keep * h_prev + replace * n, vjp
