"""Elman's network from vectors to targets: the plain loop and the losses by definition, and torch's own."""

from typing import Literal

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from ..layers.activation import Kind
from ..losses.logistic_cross_entropy import logistic_cross_entropy
from ..losses.logistic_cross_entropy import third_party as third_party_logistic
from ..losses.squared_error import squared_error
from ..losses.squared_error import third_party as third_party_squared
from ..recurrent import rnn as cells
from ..shared.loss import Loss, Reduction
from ..shared.torch_nn import torch_nn


def rnn_regression(
    x: Float[Tensor, "T B I"],
    target: Float[Tensor, "T B V"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias_ih: Float[Tensor, " H"],
    bias_hh: Float[Tensor, " H"],
    weight_output: Float[Tensor, "V H"],
    bias_output: Float[Tensor, " V"],
    h_0: Float[Tensor, "B H"] | None = None,
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    loss: Literal["squared_error", "logistic_cross_entropy"] = "squared_error",
    activation: Kind = "tanh",
    reduction: Reduction = "mean",
) -> Loss:
    """The loss, a scalar, of x (T, B, I)."""
    ys = cells.rnn(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0, activation=activation).ys
    measure = squared_error if loss == "squared_error" else logistic_cross_entropy
    return measure(ys @ weight_output.T + bias_output, target, mask, reduction=reduction)


def third_party(
    *,
    mask: None = None,
    loss: Literal["squared_error", "logistic_cross_entropy"] = "squared_error",
    activation: Literal["tanh", "relu"] = "tanh",
    reduction: Reduction = "mean",
    **inputs: Tensor,
) -> Loss:
    """The same by torch's RNN, linear, mse_loss and binary_cross_entropy_with_logits, which know no mask."""
    ys, *_ = torch_nn(nn.RNN, inputs, nonlinearity=activation)
    measure = third_party_squared if loss == "squared_error" else third_party_logistic
    output = functional.linear(ys, inputs["weight_output"], inputs["bias_output"])
    return measure(output, inputs["target"], reduction=reduction)
