"""What the foreign code is judged against: the same names as the Elman network's, and one bias instead of two."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


class Squared(NamedTuple):
    y: Float[Tensor, "B H"]


def one_bias(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"],
) -> Output:
    h, ys = h_0, []
    for x_t in x:
        h = torch.tanh(x_t @ weight_ih.T + h @ weight_hh.T + bias)
        ys.append(h)
    return Output(torch.stack(ys), h)


def square(x: Float[Tensor, "B H"], weight: Float[Tensor, " H"]) -> Squared:
    return Squared(x**2 * weight)
