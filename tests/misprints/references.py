"""The twins of bases.py and scalars.py under autograd."""

from typing import Annotated, Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from reference.learning.randomized_lstm import carried

Form = Literal["logistic_squared", "tanh_squared", "logistic_likelihood", "softmax_likelihood"]


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


def activated_output(
    h: Float[Tensor, "T B H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Float[Tensor, "T B V"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
    *,
    form: Form = "logistic_squared",
) -> Loss:
    o = h @ weight.T + bias
    if form == "softmax_likelihood":
        return Loss(functional.cross_entropy(o.flatten(0, 1), labels.flatten(), reduction="sum"))
    if form == "logistic_likelihood":
        return Loss(-(target * functional.logsigmoid(o) + (1 - target) * functional.logsigmoid(-o)).sum())
    y = o.sigmoid() if form == "logistic_squared" else o.tanh()
    return Loss((y - target).square().sum() / 2)


def two_layers(x: Float[Tensor, "B H"], weight_1: Float[Tensor, "H H"], weight_2: Float[Tensor, "H H"]) -> Output:
    return Output(torch.tanh(torch.tanh(x @ weight_2.T) @ weight_1.T))


class Scalars(NamedTuple):
    ys: Float[Tensor, "T B"]


def sum_over_starts(
    x: Float[Tensor, "T B"], w: Float[Tensor, ""], v: Float[Tensor, ""], h_0: Float[Tensor, " B"]
) -> Scalars:
    h, ys = h_0, []
    for x_t in x:
        h = torch.tanh(w * h + x_t)
        ys.append(torch.tanh(v * h))
    return Scalars(torch.stack(ys))


def randomized_forward(
    x: Float[Tensor, "T B"], w: Float[Tensor, ""], xi: Float[Tensor, " T"], h_0: Float[Tensor, " B"]
) -> Scalars:
    h, ys = h_0, []
    for x_t, xi_t in zip(x, xi.detach(), strict=True):
        h = torch.tanh(w * carried(h, xi_t) + x_t)
        ys.append(h)
    return Scalars(torch.stack(ys))
