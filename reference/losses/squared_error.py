"""Half the squared error, and torch.nn.functional.mse_loss."""

from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ..shared.loss import Loss, Reduction, reduce


def squared_error(
    output: Float[Tensor, "T B V"],
    target: Float[Tensor, "T B V"],
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The loss, a scalar, of outputs (T, B, V)."""
    return reduce((output - target).square().sum(dim=2) / 2, mask, reduction)


def third_party(
    output: Float[Tensor, "T B V"],
    target: Float[Tensor, "T B V"],
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The same by torch.nn.functional.mse_loss, which knows no mask; its own mean is over V as well."""
    total = functional.mse_loss(output, target, reduction="sum") / 2
    return Loss(total / target[..., 0].numel() if reduction == "mean" else total)
