"""Additive attention from its definition."""

from jaxtyping import Bool, Float
from torch import Tensor

from ..shared.attention import AttentionOutput, attend


def additive_attention(
    query: Float[Tensor, "T B H"],
    key: Float[Tensor, "S B I"],
    value: Float[Tensor, "S B I"],
    weight_q: Float[Tensor, "P H"],
    weight_k: Float[Tensor, "P I"],
    weight_v: Float[Tensor, " P"],
    mask: Bool[Tensor, "S B"] | None = None,
) -> AttentionOutput:
    """Context (T, B, I) and weights (T, B, S)."""
    q, k = query @ weight_q.T, key @ weight_k.T
    return attend(((q[:, None] + k).tanh() * weight_v).sum(dim=3), value, mask)
