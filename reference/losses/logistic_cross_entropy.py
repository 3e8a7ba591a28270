"""Binary cross-entropy of a logistic output, and torch.nn.functional.binary_cross_entropy_with_logits."""

from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ..shared.loss import Loss, Reduction, reduce


def logistic_cross_entropy(
    logits: Float[Tensor, "T B V"],
    target: Float[Tensor, "T B V"],
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The loss, a scalar, of logits (T, B, V)."""
    position = -(target * functional.logsigmoid(logits) + (1 - target) * functional.logsigmoid(-logits))
    return reduce(position.sum(dim=2), mask, reduction)


def third_party(
    logits: Float[Tensor, "T B V"],
    target: Float[Tensor, "T B V"],
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The same by torch's own function, which knows no mask; its own mean is over V as well."""
    total = functional.binary_cross_entropy_with_logits(logits, target, reduction="sum")
    return Loss(total / target[..., 0].numel() if reduction == "mean" else total)
