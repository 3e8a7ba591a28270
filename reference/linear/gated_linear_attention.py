"""Gated linear attention: a plain loop over matrix states."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class GatedLinearAttentionOutput(NamedTuple):
    ys: Float[Tensor, "T B V"]
    S_T: Float[Tensor, "B K V"]


def gated_linear_attention(
    q: Float[Tensor, "T B K"],
    k: Float[Tensor, "T B K"],
    v: Float[Tensor, "T B V"],
    gate: Float[Tensor, "T B K"],
    S_0: Float[Tensor, "B K V"] | None = None,
) -> GatedLinearAttentionOutput:
    """ys (T, B, V) and S_T (B, K, V) of q, k and gate (T, B, K) and v (T, B, V)."""
    S = k.new_zeros(*k.shape[1:], v.shape[2]) if S_0 is None else S_0
    ys = []
    for q_t, k_t, v_t, gate_t in zip(q, k, v, gate, strict=True):
        S = gate_t.sigmoid()[..., None] * S + torch.einsum("bk,bv->bkv", k_t, v_t)
        ys.append(torch.einsum("bk,bkv->bv", q_t, S))
    return GatedLinearAttentionOutput(torch.stack(ys), S)
