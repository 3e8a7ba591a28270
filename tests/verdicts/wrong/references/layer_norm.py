from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    y: Float[Tensor, "B H"]


def layer_norm(x: Float[Tensor, "B H"], gain: Float[Tensor, " H"], bias: Float[Tensor, " H"]) -> Output:
    n = max(x.shape[1], 1)
    centred = x - x.sum(dim=1, keepdim=True) / n
    var = centred.square().sum(dim=1, keepdim=True) / n
    return Output(gain * centred / torch.sqrt(var + 1e-5) + bias)
