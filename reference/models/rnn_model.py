"""Elman's network as a model of sequences: the plain loop between embedding and loss, and torch's own modules."""

from typing import Annotated, Literal

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from ..layers.activation import Kind
from ..recurrent import rnn as cells
from ..shared.head import head, third_party_head
from ..shared.loss import Loss, Reduction
from ..shared.torch_nn import torch_nn


def rnn_model(
    tokens: Annotated[Int[Tensor, "T B"], "0 <= tokens < V"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
    weight_embedding: Float[Tensor, "V I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias_ih: Float[Tensor, " H"],
    bias_hh: Float[Tensor, " H"],
    weight_output: Float[Tensor, "V H"],
    bias_output: Float[Tensor, " V"],
    h_0: Float[Tensor, "B H"] | None = None,
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    activation: Kind = "tanh",
    reduction: Reduction = "mean",
) -> Loss:
    """The loss, a scalar, of tokens (T, B)."""
    e = functional.one_hot(tokens, len(weight_embedding)).to(weight_embedding.dtype) @ weight_embedding
    ys = cells.rnn(e, weight_ih, weight_hh, bias_ih, bias_hh, h_0, activation=activation).ys
    return head(ys, weight_output, bias_output, labels, mask, reduction)


def third_party(
    *, activation: Literal["tanh", "relu"] = "tanh", reduction: Reduction = "mean", **inputs: Tensor
) -> Loss:
    """The same by torch's embedding, RNN, linear and cross_entropy."""
    e = functional.embedding(inputs["tokens"], inputs["weight_embedding"])
    ys, *_ = torch_nn(nn.RNN, {**inputs, "x": e}, nonlinearity=activation)
    return third_party_head(ys, inputs, reduction)
