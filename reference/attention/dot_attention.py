"""Dot-product attention from its definition, and torch.nn.functional.scaled_dot_product_attention."""

import math
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ..shared.attention import AttentionOutput, attend


def dot_attention(
    query: Float[Tensor, "T B H"],
    key: Float[Tensor, "S B I"],
    value: Float[Tensor, "S B I"],
    weight_q: Float[Tensor, "P H"],
    weight_k: Float[Tensor, "P I"],
    mask: Bool[Tensor, "S B"] | None = None,
    *,
    form: Literal["dot", "scaled_dot"] = "dot",
) -> AttentionOutput:
    """Context (T, B, I) and weights (T, B, S)."""
    q, k = query @ weight_q.T, key @ weight_k.T
    scores = (q[:, None] * k).sum(dim=3)
    return attend(scores / math.sqrt(len(weight_q)) if form == "scaled_dot" else scores, value, mask)


def third_party(
    query: Float[Tensor, "T B H"],
    key: Float[Tensor, "S B I"],
    value: Float[Tensor, "S B I"],
    weight_q: Float[Tensor, "P H"],
    weight_k: Float[Tensor, "P I"],
    mask: Bool[Tensor, "S B"] | None = None,
    *,
    form: Literal["dot", "scaled_dot"] = "dot",
) -> AttentionOutput:
    """The same by torch's own function; the weights are the context of unit vectors."""
    q, k, v = (a.transpose(0, 1) for a in (query @ weight_q.T, key @ weight_k.T, value))
    units = torch.eye(len(key), dtype=key.dtype).expand(key.shape[1], -1, -1)
    given = None if mask is None else mask.T[:, None]
    factor = 1.0 if form == "dot" else None
    result = functional.scaled_dot_product_attention(q, k, torch.cat((v, units), 2), given, scale=factor)
    result = result.transpose(0, 1)
    return AttentionOutput(result[..., : value.shape[2]], result[..., value.shape[2] :])
