"""The linear recurrent network with squared error: a plain loop."""

import torch
from jaxtyping import Float
from torch import Tensor

from ..shared.loss import Loss


def linear_rnn(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    weight_output: Float[Tensor, "V H"],
    target: Float[Tensor, "T B V"],
    h_0: Float[Tensor, "B H"] | None = None,
) -> Loss:
    """The loss, a scalar, of x (T, B, I)."""
    h = x.new_zeros(x.shape[1], len(weight_hh)) if h_0 is None else h_0
    errors = []
    for x_t, y_t in zip(x, target, strict=True):
        h = x_t @ weight_ih.T + h @ weight_hh.T
        errors.append((h @ weight_output.T - y_t).square().sum(dim=1) / 2)
    return Loss(torch.stack(errors).mean())
