"""Attention by inner products of projected queries and keys.

    q_t = W_q s_t        k_i = W_k h_i
    dot:         z = 1
    scaled_dot:  z = sqrt(P)
    e_ti = q_t^T k_i / z
    p_ti = m_i exp(e_ti) / sum_j m_j exp(e_tj)            the softmax over the positions whose mask is set
    c_t  = sum_i p_ti v_i

s_t is `query` (H), t = 1..T; h_i is `key` and v_i is `value` (I), i = 1..S; q_t, k_i (P); m_i is 1 where `mask` is
set or not given, else 0; c_t is `context`, p_ti is `weights`; for each row of the batch.  A row whose mask is set
nowhere has p = 0 and c = 0, and nothing flows back.

Backward, with dcontext arriving at c and dweights at p:

    dp_ti = dweights_ti + dcontext_t^T v_i    dv_i = sum_t p_ti dcontext_t
    de_ti = p_ti (dp_ti - sum_j p_tj dp_tj)
    dq_t  = sum_i de_ti k_i / z               dk_i = sum_t de_ti q_t / z
    dW_q  = sum_t dq_t s_t^T                  dW_k = sum_i dk_i h_i^T
    ds_t  = W_q^T dq_t                        dh_i = W_k^T dk_i

In print the softmax is sometimes taken as if it were elementwise (de = p (1 - p) dp), which leaves out what a score
does to all other weights; and padding is set to a large negative number, which makes a row without any source attend
evenly to its padding.

Source: Luong, Pham and Manning (2015), the general form with W_q^T W_k; Vaswani et al. (2017) for the scale;
torch.nn.functional.scaled_dot_product_attention.
"""

import math
from collections.abc import Callable
from typing import Literal

from jaxtyping import Bool, Float

from ..shared.arrays import Array, Gradients
from ..shared.attention import AttentionOutput, attend, batch_first
from ..shared.checks import checked


@checked
def dot_attention(
    query: Float[Array, "T B H"],
    key: Float[Array, "S B I"],
    value: Float[Array, "S B I"],
    weight_q: Float[Array, "P H"],
    weight_k: Float[Array, "P I"],
    mask: Bool[Array, "S B"] | None = None,
    *,
    form: Literal["dot", "scaled_dot"] = "dot",
) -> tuple[AttentionOutput, Callable[[AttentionOutput], Gradients]]:
    """Attend from every query to the source positions whose mask is set (to all, if there is none).

    Shapes: query (T, B, H), key and value (S, B, I), weight_q (P, H), weight_k (P, I), mask (S, B); context (T, B, I)
    and weights (T, B, S).  `form` says whether the scores are divided by sqrt(P).  ValueError where sizes do not fit.
    """
    factor = 1 / math.sqrt(max(len(weight_q), 1)) if form == "scaled_dot" else 1
    s_rows, h_rows = query.reshape(-1, query.shape[2]), key.reshape(-1, key.shape[2])
    q = batch_first((s_rows @ weight_q.T).reshape(*query.shape[:2], len(weight_q)))
    k = batch_first((h_rows @ weight_k.T).reshape(*key.shape[:2], len(weight_q)))
    output, attend_backward = attend((q @ k.transpose(0, 2, 1)) * factor, value, mask)

    def backward(d: AttentionOutput) -> Gradients:
        dscores, dvalue = attend_backward(d)
        dscores = dscores * factor
        dq = batch_first(dscores @ k).reshape(len(s_rows), len(weight_q))
        dk = batch_first(dscores.transpose(0, 2, 1) @ q).reshape(len(h_rows), len(weight_q))
        return {
            "query": (dq @ weight_q).reshape(query.shape),
            "key": (dk @ weight_k).reshape(key.shape),
            "value": dvalue,
            "weight_q": dq.T @ s_rows,
            "weight_k": dk.T @ h_rows,
        }

    return output, backward
