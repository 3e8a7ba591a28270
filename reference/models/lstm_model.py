"""An LSTM as a model of sequences: the plain loop between embedding and loss, and torch's own modules."""

from typing import Annotated

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from ..recurrent import lstm as cells
from ..shared.head import head, third_party_head
from ..shared.loss import Loss, Reduction
from ..shared.torch_nn import torch_nn


def lstm_model(
    tokens: Annotated[Int[Tensor, "T B"], "0 <= tokens < V"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
    weight_embedding: Float[Tensor, "V I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    weight_output: Float[Tensor, "V H"],
    bias_output: Float[Tensor, " V"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The loss, a scalar, of tokens (T, B)."""
    e = functional.one_hot(tokens, len(weight_embedding)).to(weight_embedding.dtype) @ weight_embedding
    ys = cells.lstm(e, weight_ih, weight_hh, bias_ih, bias_hh, h_0, c_0).ys
    return head(ys, weight_output, bias_output, labels, mask, reduction)


def third_party(*, reduction: Reduction = "mean", **inputs: Tensor) -> Loss:
    """The same by torch's embedding, LSTM, linear and cross_entropy."""
    e = functional.embedding(inputs["tokens"], inputs["weight_embedding"])
    ys, *_ = torch_nn(nn.LSTM, {**inputs, "x": e})
    return third_party_head(ys, inputs, reduction)
