"""The scalar recurrence: a plain loop, and torch.nn.RNN with one unit."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from . import rnn as cells
from ._loss import Loss
from .activation import Kind, phi


def scalar_recurrence(
    x: Float[Tensor, "T B"],
    target: Float[Tensor, "T B"],
    weight_ih: Float[Tensor, ""],
    weight_hh: Float[Tensor, ""],
    weight_output: Float[Tensor, ""],
    h_0: Float[Tensor, " B"] | None = None,
    *,
    activation: Kind = "tanh",
) -> Loss:
    """The loss, a scalar, of x (T, B)."""
    h = torch.zeros_like(x[0]) if h_0 is None else h_0
    errors = []
    for x_t, y_t in zip(x, target, strict=True):
        h = phi(weight_hh * h + weight_ih * x_t, activation)
        errors.append((weight_output * h - y_t).square() / 2)
    return Loss(torch.stack(errors).mean())


def outside(
    x: Float[Tensor, "T B"],
    target: Float[Tensor, "T B"],
    weight_ih: Float[Tensor, ""],
    weight_hh: Float[Tensor, ""],
    weight_output: Float[Tensor, ""],
    h_0: Float[Tensor, " B"] | None = None,
    *,
    activation: Literal["tanh", "relu"] = "tanh",
) -> Loss:
    """The same by torch.nn.RNN and mse_loss."""
    zero = x.new_zeros(1)
    state = None if h_0 is None else h_0[:, None]
    parameters = weight_ih.reshape(1, 1), weight_hh.reshape(1, 1), zero, zero
    ys = cells.outside(x[..., None], *parameters, state, activation=activation).ys[..., 0]
    return Loss(functional.mse_loss(weight_output * ys, target) / 2)
