"""The twins of small.py under autograd."""

from typing import Annotated, Literal, NamedTuple

import torch
from jaxtyping import Bool, Complex, Float, Int
from torch import Tensor
from torch.nn import functional


class Ys(NamedTuple):
    ys: Float[Tensor, "T B H"]


class ComplexYs(NamedTuple):
    ys: Complex[Tensor, "T B H"]


class Losses(NamedTuple):
    losses: Float[Tensor, "T B"]


class Loss(NamedTuple):
    loss: Float[Tensor, ""]


class Clipped(NamedTuple):
    weight: Float[Tensor, "H I"]
    bias: Float[Tensor, " H"]


class Convolved(NamedTuple):
    ys: Float[Tensor, "T B H"]
    state_T: Float[Tensor, "3 B H"]


def two_layers(
    x: Float[Tensor, "T B H"],
    weight_1: Float[Tensor, "H H"],
    bias_1: Float[Tensor, " H"],
    weight_2: Float[Tensor, "H H"],
    bias_2: Float[Tensor, " H"],
    keep: Bool[Tensor, "T B H"],
) -> Ys:
    return Ys(layer(torch.where(keep, 2 * layer(x, weight_1, bias_1), 0), weight_2, bias_2))


def both_ways(x: Float[Tensor, "T B H"], weight: Float[Tensor, "H H"], bias: Float[Tensor, " H"]) -> Ys:
    return Ys(layer(x, weight, bias) + layer(x.flip(0), weight, bias).flip(0))


def layer(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    h, ys = torch.zeros_like(x[0]), []
    for x_t in x:
        h = torch.tanh(x_t + h @ weight.T + bias)
        ys.append(h)
    return torch.stack(ys)


def complex_recurrence(x: Complex[Tensor, "T B H"], a: Complex[Tensor, " H"]) -> ComplexYs:
    h, ys = torch.zeros_like(x[0]), []
    for x_t in x:
        h = a * h + x_t
        ys.append(h)
    return ComplexYs(torch.stack(ys))


def min_gru(x: Float[Tensor, "T B H"], gate: Float[Tensor, "T B H"], h_0: Float[Tensor, "B H"]) -> Ys:
    h, ys = h_0, []
    for x_t, z_t in zip(x, gate.sigmoid(), strict=True):
        h = (1 - z_t) * h + z_t * x_t
        ys.append(h)
    return Ys(torch.stack(ys))


def token_losses(
    h: Float[Tensor, "T B H"],
    weight: Float[Tensor, "V H"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
) -> Losses:
    logits = (h @ weight.T).reshape(-1, len(weight))
    return Losses(functional.cross_entropy(logits, labels.reshape(-1), reduction="none").reshape(labels.shape))


def rms_norm(x: Float[Tensor, "T B H"], weight: Float[Tensor, " H"]) -> Ys:
    return Ys(weight * x * torch.rsqrt(x.square().mean(dim=2, keepdim=True) + 1e-5))


def causal_convolution(
    x: Float[Tensor, "T B H"], weight: Float[Tensor, "4 H"], state_0: Float[Tensor, "3 B H"]
) -> Convolved:
    padded = torch.cat((state_0, x))
    return Convolved((padded.unfold(0, 4, 1) * weight.T).sum(dim=3), padded[-3:])


def clip_by_norm(weight: Float[Tensor, "H I"], bias: Float[Tensor, " H"]) -> Clipped:
    norm = torch.sqrt(weight.square().sum() + bias.square().sum())
    return Clipped(weight / norm, bias / norm)


def squared_loss(
    h: Float[Tensor, "T B H"], target: Float[Tensor, "T B H"], *, reduction: Literal["mean", "sum"] = "mean"
) -> Loss:
    loss = (h - target).square().sum() / 2
    return Loss(loss / h.shape[1] if reduction == "mean" else loss)
