"""Softmax cross-entropy from its definition, and torch.nn.functional.cross_entropy."""

from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from ..shared.loss import Loss, Reduction, reduce


def softmax_cross_entropy(
    logits: Float[Tensor, "T B V"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The loss, a scalar, of logits (T, B, V)."""
    picked = logits.gather(2, labels[..., None])[..., 0]
    return reduce(torch.logsumexp(logits, dim=2) - picked, mask, reduction)


def third_party(
    logits: Float[Tensor, "T B V"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The same by torch.nn.functional.cross_entropy, which knows no mask."""
    return Loss(functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction=reduction))
