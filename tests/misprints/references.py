"""The twins of bases.py under autograd."""

from typing import Annotated, Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional


class Loss(NamedTuple):
    loss: Float[Tensor, ""]


class Output(NamedTuple):
    y: Float[Tensor, "B H"]


def elman_softmax(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias: Float[Tensor, " H"],
    weight_o: Float[Tensor, "V H"],
    bias_o: Float[Tensor, " V"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
) -> Loss:
    h, total = x.new_zeros(x.shape[1], len(weight_hh)), x.new_zeros(())
    for x_t, labels_t in zip(x, labels, strict=True):
        h = torch.tanh(x_t @ weight_ih.T + h @ weight_hh.T + bias)
        total = total + functional.cross_entropy(h @ weight_o.T + bias_o, labels_t, reduction="sum")
    return Loss(total)


def logistic_output(
    h: Float[Tensor, "T B H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Float[Tensor, "T B V"],
    *,
    loss: Literal["squared", "cross_entropy"] = "squared",
) -> Loss:
    o = h @ weight.T + bias
    if loss == "squared":
        return Loss((o.sigmoid() - target).square().sum() / 2)
    return Loss(-(target * functional.logsigmoid(o) + (1 - target) * functional.logsigmoid(-o)).sum())


def two_layers(x: Float[Tensor, "B H"], weight_1: Float[Tensor, "H H"], weight_2: Float[Tensor, "H H"]) -> Output:
    return Output(torch.tanh(torch.tanh(x @ weight_2.T) @ weight_1.T))
