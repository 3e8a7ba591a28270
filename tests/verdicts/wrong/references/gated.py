from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    y: Float[Tensor, "N D"]


def gated(a: Float[Tensor, "N D"], b: Float[Tensor, "N D"]) -> Output:
    return Output(a * torch.sigmoid(b))
