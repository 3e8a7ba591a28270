"""The scalar recurrence: a plain loop, and torch.nn.RNN with one unit."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from ..layers.activation import Kind, phi
from ..shared.loss import Loss
from ..shared.torch_nn import torch_nn


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


def third_party(*, activation: Literal["tanh", "relu"] = "tanh", **inputs: Tensor) -> Loss:
    """The same by torch.nn.RNN and mse_loss."""
    zero = torch.zeros_like(inputs["weight_ih"]).reshape(1)
    cell = {n: inputs[n].reshape(1, 1) for n in ("weight_ih", "weight_hh")} | {"bias_ih": zero, "bias_hh": zero}
    columns: dict[str, Tensor] = {n: inputs[n][..., None] for n in ("x", "h_0") if n in inputs}
    ys, *_ = torch_nn(torch.nn.RNN, {**cell, **columns}, nonlinearity=activation)
    return Loss(functional.mse_loss(inputs["weight_output"] * ys[..., 0], inputs["target"]) / 2)
