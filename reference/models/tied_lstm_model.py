"""A language model with one matrix for embedding and output: the model of `lstm_model`, given the tensor twice."""

from typing import Annotated

from jaxtyping import Bool, Float, Int
from torch import Tensor

from ..shared.loss import Loss, Reduction
from . import lstm_model as untied


def tied_lstm_model(
    tokens: Annotated[Int[Tensor, "T B"], "0 <= tokens < V"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
    weight: Float[Tensor, "V H"],
    weight_ih: Float[Tensor, "4*H H"],
    weight_hh: Float[Tensor, "4*H H"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    bias_output: Float[Tensor, " V"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> Loss:
    """The loss, a scalar, of tokens (T, B)."""
    cell = weight_ih, weight_hh, bias_ih, bias_hh
    return untied.lstm_model(tokens, labels, weight, *cell, weight, bias_output, h_0, c_0, mask, reduction=reduction)


def third_party(*, reduction: Reduction = "mean", **inputs: Tensor) -> Loss:
    """The same by torch's own modules."""
    weight = inputs["weight"]
    return untied.third_party(**inputs, weight_embedding=weight, weight_output=weight, reduction=reduction)
