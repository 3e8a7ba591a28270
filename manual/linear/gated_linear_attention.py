"""Gated linear attention: a recurrent network whose state is a matrix, written to by keys and read by queries.

    alpha_t = s(p_t)
    S_t = diag(alpha_t) S_{t-1} + k_t v_t^T          t = 1..T
    y_t = S_t^T q_t

s is the logistic function; q_t, k_t, alpha_t (K), v_t, y_t (V), S_t (K, V), for each row of the batch; p is `gate`.
Heads are rows of the batch; the paper divides q_t by sqrt K and takes alpha_t^(1/16), both outside of this unit.

Backward, with G_t all of what reaches S_t (see `shared.linear_recurrence`), dys_t the gradient arriving at output t:

    G_t = q_t dys_t^T + diag(alpha_{t+1}) G_{t+1}    (plus dS_T at t = T)       dS_0 = diag(alpha_1) G_1
    dq_t = S_t dys_t
    dk_t = G_t v_t                                   dv_t = G_t^T k_t
    dalpha_t = rowsum(G_t * S_{t-1})                 dp_t = dalpha_t * alpha_t (1 - alpha_t)

The paper's route to the gates needs no state, dlog alpha_t = sum_{i>=t} (q_i * dq_i - k_i * dk_i); where the last state
has a gradient of its own, the sums of the rows of dS_T * S_T belong to it, too.

Source: Yang, Wang, Shen, Panda and Kim, Gated linear attention transformers with hardware-efficient training (2023),
section 4 and appendix C.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import logistic
from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from ..shared.linear_recurrence import linear_recurrence, stepwise


class GatedLinearAttentionOutput(NamedTuple):
    ys: Float[Array, "T B V"]
    S_T: Float[Array, "B K V"]


@checked
def gated_linear_attention(
    q: Float[Array, "T B K"],
    k: Float[Array, "T B K"],
    v: Float[Array, "T B V"],
    gate: Float[Array, "T B K"],
    S_0: Float[Array, "B K V"] | None = None,
) -> tuple[GatedLinearAttentionOutput, Callable[[GatedLinearAttentionOutput], Gradients]]:
    """Read and write a matrix state over a batch of sequences.

    Shapes: q, k and gate, before the logistic function, (T, B, K), v (T, B, V), S_0 (B, K, V), zeros if not given; ys
    (T, B, V), what each query reads, and S_T (B, K, V), the last state.
    """
    alpha = logistic(gate)
    written = k[..., None] * v[:, :, None]
    if S_0 is None:
        S_0 = np.zeros(written.shape[1:], written.dtype)
    states, recurrence_backward = linear_recurrence(stepwise, alpha[..., None], written, S_0)
    ys = (q[..., None] * states[1:]).sum(axis=2)

    def backward(d: GatedLinearAttentionOutput) -> Gradients:
        dys = or_zeros(d.ys, ys)[:, :, None]
        decay, dwritten, dS_0 = recurrence_backward(q[..., None] * dys, or_zeros(d.S_T, states[0]))
        return {
            "q": (states[1:] * dys).sum(axis=3),
            "k": (dwritten * v[:, :, None]).sum(axis=3),
            "v": (dwritten * k[..., None]).sum(axis=2),
            "gate": decay.sum(axis=3) * alpha * (1 - alpha),
            "S_0": dS_0,
        }

    return GatedLinearAttentionOutput(ys, states[-1].copy()), backward
