"""The head of a sequence model, an output layer and softmax cross-entropy: by definition, and by torch's functions."""

from collections.abc import Mapping

from torch import Tensor
from torch.nn import functional

from ..losses.softmax_cross_entropy import softmax_cross_entropy
from .loss import Loss, Reduction

IGNORED = -100


def head(hs: Tensor, weight: Tensor, bias: Tensor, labels: Tensor, mask: Tensor | None, reduction: Reduction) -> Loss:
    """The loss of hs (T, B, H)."""
    return softmax_cross_entropy(hs @ weight.T + bias, labels, mask, reduction=reduction)


def third_party_head(hs: Tensor, inputs: Mapping[str, Tensor], reduction: Reduction) -> Loss:
    """The same by torch's own functions; the mean is taken here, for torch's mean of nothing is nan."""
    labels, mask = inputs["labels"], inputs.get("mask")
    kept = labels if mask is None else labels.masked_fill(~mask, IGNORED)
    logits = functional.linear(hs, inputs["weight_output"], inputs["bias_output"])
    total = functional.cross_entropy(logits.flatten(0, 1), kept.flatten(), ignore_index=IGNORED, reduction="sum")
    return Loss(total / max(int((kept != IGNORED).sum()), 1) if reduction == "mean" else total)
