"""The minimal gated unit: a GRU whose one gate both resets the state and updates it.

    a_t = W_ih x_t + b_ih                            rows in the blocks f, n
    f_t = s(a_f + W_hf h_{t-1} + b_hf)
    m_t = f_t * h_{t-1}
    n_t = tanh(a_n + W_hn m_t + b_hn)
    h_t = (1 - f_t) * h_{t-1} + f_t * n_t            t = 1..T

s is the logistic function; x_t (I), the rest (H), for each row of the batch.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t and dh_T that at the last state:

    dh_t  = dys_t + dh_{t+1} * (1 - f_{t+1}) + dm_{t+1} * f_{t+1} + W_hf^T da_{f,t+1}
                                                     (dh_T instead of what t+1 gives at t = T)
    da_n  = dh_t * f_t * (1 - n_t^2)                 dm_t = W_hn^T da_n
    df_t  = dh_t * (n_t - h_{t-1}) + dm_t * h_{t-1}  da_f = df_t * f_t (1 - f_t)
    dW_ih = sum_t da_t x_t^T                         db_ih = sum_t da_t        dx_t = W_ih^T da_t
    dW_hf = sum_t da_f h_{t-1}^T                     dW_hn = sum_t da_n m_t^T  db_hh = sum_t da_t
    dh_0 is what step 1 gives to dh_t at t = 0

df_t has a term for each of the two places of f_t.  The paper has one bias a gate; here there are two, as in torch.nn.

Source: Zhou, Wu, Zhang and Zhou, Minimal gated unit for recurrent neural networks (2016).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import logistic, tanh
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.time_loop import Parameters, Product, State, StepBackward, blocks, time_loop


class MGUOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


@checked
def mgu(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "fn=2*H I"],
    weight_hh: Float[Array, "fn=2*H H"],
    bias_ih: Float[Array, "fn=2*H"],
    bias_hh: Float[Array, "fn=2*H"],
    h_0: Float[Array, "B H"] | None = None,
) -> tuple[MGUOutput, Callable[[MGUOutput], Gradients]]:
    """Run a minimal gated unit over a batch of sequences.

    Shapes: x (T, B, I), weights (2H, I) and (2H, H), biases (2H), h_0 (B, H), zeros if not given; ys (T, B, H), the
    state of every step, and h_T (B, H), the last one.
    """
    H = weight_hh.shape[1]
    if h_0 is None:
        h_0 = np.zeros((x.shape[1], H), x.dtype)
    parameters = Parameters(weight_ih, weight_hh, bias_ih, bias_hh)
    (hs,), loop_backward = time_loop(mgu_cell, x, parameters, (h_0,), stages=(H, H))

    def backward(d: MGUOutput) -> Gradients:
        named, (dh_0,) = loop_backward([d.ys], [d.h_T])
        return {**named, "h_0": dh_0}

    return MGUOutput(hs[1:], hs[-1].copy()), backward


def mgu_cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
    (h_prev,) = state
    a_f, a_n = blocks(gates_x, 2)
    f = logistic(a_f + hidden(h_prev, 0))
    n = tanh(a_n + hidden(f * h_prev, 1))

    def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
        (dh,) = dstate
        da_n = dh * f * (1 - n * n)
        dm = hidden_vjp(da_n, 1)
        da_f = (dh * (n - h_prev) + dm * h_prev) * f * (1 - f)
        dh_prev = dh * (1 - f) + dm * f + hidden_vjp(da_f, 0)
        return np.concatenate((da_f, da_n)), (dh_prev,)

    return ((1 - f) * h_prev + f * n,), vjp
