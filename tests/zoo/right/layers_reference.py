"""The twins of layers.py under autograd."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Complex, Float
from torch import Tensor


class Ys(NamedTuple):
    ys: Float[Tensor, "T B H"]


class ComplexYs(NamedTuple):
    ys: Complex[Tensor, "T B H"]


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


def blocked_scan(x: Float[Tensor, "T B H"], a: Float[Tensor, "T B H"]) -> Ys:
    h, ys = torch.zeros_like(x[0]), []
    for x_t, a_t in zip(x, a, strict=True):
        h = a_t * h + x_t
        ys.append(h)
    return Ys(torch.stack(ys))


def zoneout(x: Float[Tensor, "T B H"], weight: Float[Tensor, "H H"], moves: Bool[Tensor, "T B H"]) -> Ys:
    h, ys = torch.zeros_like(x[0]), []
    for x_t, moves_t in zip(x, moves, strict=True):
        h = torch.where(moves_t, torch.tanh(x_t + h @ weight.T), h)
        ys.append(h)
    return Ys(torch.stack(ys))


def tied(x: Float[Tensor, "T B H"], weight: Float[Tensor, "H H"]) -> Ys:
    return Ys(torch.tanh(x @ weight.T) @ weight)
