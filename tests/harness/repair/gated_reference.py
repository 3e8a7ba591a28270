"""The twin of gated.py under autograd."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    h: Float[Tensor, "B H"]


def gated(
    x: Float[Tensor, "B H"],
    weight: Float[Tensor, "2*H H"],
    bias: Float[Tensor, "2*H"],
    h_0: Float[Tensor, "B H"],
) -> Output:
    a, b = torch.chunk(x @ weight.T + bias, 2, dim=1)
    z = torch.sigmoid(a)
    return Output(z * h_0 + (1 - z) * torch.tanh(b))
