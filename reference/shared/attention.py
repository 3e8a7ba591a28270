"""The output of every attention, and its definition step by step."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class AttentionOutput(NamedTuple):
    context: Float[Tensor, "T B I"]
    weights: Float[Tensor, "T B S"]


def attend(scores: Tensor, value: Tensor, mask: Tensor | None) -> AttentionOutput:
    """Context and weights of scores (T, S, B), value (S, B, I), mask (S, B); 0 for a row without a source."""
    if mask is None:
        p = scores.softmax(dim=1)
    else:
        somewhere = mask | ~mask.any(dim=0)
        p = torch.where(mask, scores.masked_fill(~somewhere, -torch.inf).softmax(dim=1), 0)
    return AttentionOutput((p[..., None] * value).sum(dim=1), p.transpose(1, 2))
