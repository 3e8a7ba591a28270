"""Attention by a small network that scores a query and a key together.

    q_t = W_q s_t        k_i = W_k h_i        a_ti = tanh(q_t + k_i)
    e_ti = v^T a_ti
    p_ti = m_i exp(e_ti) / sum_j m_j exp(e_tj)            the softmax over the positions whose mask is set
    c_t  = sum_i p_ti u_i

s_t is `query` (H), t = 1..T; h_i is `key` and u_i is `value` (I), i = 1..S; q_t, k_i, a_ti (P); v is `weight_v` (P);
m_i is 1 where `mask` is set or not given, else 0; c_t is `context`, p_ti is `weights`; for each row of the batch.  A
row whose mask is set nowhere has p = 0 and c = 0, and nothing flows back.

Backward, with dcontext arriving at c and dweights at p:

    dp_ti = dweights_ti + dcontext_t^T u_i    du_i = sum_t p_ti dcontext_t
    de_ti = p_ti (dp_ti - sum_j p_tj dp_tj)
    dv    = sum_ti de_ti a_ti                 dz_ti = de_ti v * (1 - a_ti^2)
    dq_t  = sum_i dz_ti                       dk_i = sum_t dz_ti
    dW_q  = sum_t dq_t s_t^T                  dW_k = sum_i dk_i h_i^T
    ds_t  = W_q^T dq_t                        dh_i = W_k^T dk_i

In print the query is sometimes the state before the step (Bahdanau et al.) and sometimes the one after it (Luong et
al.); here it is whatever `query` holds.

Source: Bahdanau, Cho and Bengio, Neural machine translation by jointly learning to align and translate (2015), A.1.2.
"""

from collections.abc import Callable

from jaxtyping import Bool, Float

from ..layers.activation import tanh
from ..shared.arrays import Array, Gradients
from ..shared.attention import AttentionOutput, attend, batch_first
from ..shared.checks import checked


@checked
def additive_attention(
    query: Float[Array, "T B H"],
    key: Float[Array, "S B I"],
    value: Float[Array, "S B I"],
    weight_q: Float[Array, "P H"],
    weight_k: Float[Array, "P I"],
    weight_v: Float[Array, " P"],
    mask: Bool[Array, "S B"] | None = None,
) -> tuple[AttentionOutput, Callable[[AttentionOutput], Gradients]]:
    """Attend from every query to the source positions whose mask is set (to all, if there is none).

    Shapes: query (T, B, H), key and value (S, B, I), weight_q (P, H), weight_k (P, I), weight_v (P), mask (S, B);
    context (T, B, I) and weights (T, B, S).  ValueError where sizes do not fit.
    """
    s_rows, h_rows = query.reshape(-1, query.shape[2]), key.reshape(-1, key.shape[2])
    q = batch_first((s_rows @ weight_q.T).reshape(*query.shape[:2], len(weight_q)))
    k = batch_first((h_rows @ weight_k.T).reshape(*key.shape[:2], len(weight_q)))
    a = tanh(q[:, :, None] + k[:, None])
    output, attend_backward = attend(a @ weight_v, value, mask)

    def backward(d: AttentionOutput) -> Gradients:
        dscores, dvalue = attend_backward(d)
        dz = dscores[..., None] * weight_v * (1 - a * a)
        dq = batch_first(dz.sum(axis=2)).reshape(s_rows.shape[0], len(weight_v))
        dk = batch_first(dz.sum(axis=1)).reshape(h_rows.shape[0], len(weight_v))
        return {
            "query": (dq @ weight_q).reshape(query.shape),
            "key": (dk @ weight_k).reshape(key.shape),
            "value": dvalue,
            "weight_q": dq.T @ s_rows,
            "weight_k": dk.T @ h_rows,
            "weight_v": dscores.reshape(-1) @ a.reshape(-1, len(weight_v)),
        }

    return output, backward
