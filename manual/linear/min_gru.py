"""The minimal GRU: gate and candidate see the input only, so that the state is linear in the state before it.

    (p_t, q_t) = W_ih x_t + b_ih        z_t = s(p_t)
    candidate identity:  n_t = q_t
    candidate positive:  n_t = q_t + 1/2 where q_t >= 0, else s(q_t)       (n_t > 0, as a scan of logarithms needs)
    h_t = (1 - z_t) * h_{t-1} + z_t * n_t            t = 1..T

s is the logistic function; x_t (I), the rest (H), for each row of the batch.  In both forms, step by step and by a
parallel scan (see `shared.linear_recurrence`), this is h_t = a_t * h_{t-1} + b_t with a_t = 1 - z_t, b_t = z_t * n_t.

Backward, with g_t all of what reaches h_t, dys_t the gradient arriving at output t and dh_T that at the last state:

    g_t   = dys_t + (1 - z_{t+1}) * g_{t+1}          (plus dh_T at t = T)
    db_t  = g_t                                      da_t = g_t * h_{t-1}       dh_0 = (1 - z_1) * g_1
    dz_t  = db_t * n_t - da_t                        dp_t = dz_t * z_t (1 - z_t)
    dn_t  = db_t * z_t
    candidate identity:  dq_t = dn_t
    candidate positive:  dq_t = dn_t * (1 where q_t >= 0, else n_t (1 - n_t))
    dW_ih = sum_t (dp_t, dq_t) x_t^T                 db_ih = sum_t (dp_t, dq_t)
    dx_t  = W_ih^T (dp_t, dq_t)

Copies differ between their two forms as soon as h_0 is given: the scan must carry it through A_t = a_t ... a_1, and no
form may pass it through the candidate's function.

Source: Feng, Tung, Ahmed, Bengio and Hajimirsadeghi, Were RNNs all we needed? (2024), section 3.1 and appendix B.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import logistic
from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from ..shared.linear_recurrence import linear_recurrence, parallel, stepwise


class MinGRUOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


@checked
def min_gru(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "zn=2*H I"],
    bias_ih: Float[Array, "zn=2*H"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    form: Literal["stepwise", "parallel"] = "stepwise",
    candidate: Literal["identity", "positive"] = "identity",
) -> tuple[MinGRUOutput, Callable[[MinGRUOutput], Gradients]]:
    """Run a minimal GRU over a batch of sequences.

    Shapes: x (T, B, I), weight_ih (2H, I), bias_ih (2H), h_0 (B, H), zeros if not given; ys (T, B, H), the state of
    every step, and h_T (B, H), the last one.  `form` says how the same function is computed, `candidate` which it is.
    """
    p, q = np.split(x @ weight_ih.T + bias_ih, 2, axis=2)
    z = logistic(p)
    n, n_vjp = candidate_of(q) if candidate == "positive" else (q, None)
    if h_0 is None:
        h_0 = np.zeros(q.shape[1:], q.dtype)
    hs, recurrence_backward = linear_recurrence(stepwise if form == "stepwise" else parallel, 1 - z, z * n, h_0)

    def backward(d: MinGRUOutput) -> Gradients:
        da, db, dh_0 = recurrence_backward(or_zeros(d.ys, hs[1:]), or_zeros(d.h_T, hs[0]))
        dp = (db * n - da) * z * (1 - z)
        dq = db * z if n_vjp is None else n_vjp(db * z)
        rows = np.concatenate((dp, dq), axis=2).reshape(-1, len(weight_ih))
        return {
            "x": (rows @ weight_ih).reshape(x.shape),
            "weight_ih": rows.T @ x.reshape(-1, x.shape[2]),
            "bias_ih": rows.sum(axis=0),
            "h_0": dh_0,
        }

    return MinGRUOutput(hs[1:], hs[-1].copy()), backward


def candidate_of(q: Array) -> tuple[Array, Callable[[Array], Array]]:
    """The candidate that is always positive, and its backward."""
    positive = q.real >= 0
    s = logistic(q)

    def vjp(dn: Array) -> Array:
        return np.where(positive, dn, dn * s * (1 - s))

    return np.where(positive, q + 0.5, s), vjp
