"""The output of every loss over time and batch, and its reduction."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

Reduction = Literal["sum", "mean"]


class Loss(NamedTuple):
    loss: Float[Tensor, ""]


def reduce(position: Tensor, mask: Tensor | None, reduction: Reduction) -> Loss:
    """Sum or average the loss of each position (T, B) over those where the mask is set or not given."""
    counts = torch.ones_like(position, dtype=torch.bool) if mask is None else mask
    total = torch.where(counts, position, 0).sum()
    return Loss(total / max(int(counts.sum()), 1) if reduction == "mean" else total)
