from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor


class Output(NamedTuple):
    o: Float[Tensor, "Q E"]


def attention(
    q: Float[Tensor, "Q D"], k: Float[Tensor, "K D"], v: Float[Tensor, "K E"], mask: Bool[Tensor, "Q K"]
) -> Output:
    blind = ~mask.any(dim=1, keepdim=True)
    scores = (q @ k.T) / max(q.shape[1], 1) ** 0.5
    scores = scores.masked_fill(~mask & ~blind, -torch.inf)
    return Output(torch.softmax(scores, dim=1).masked_fill(blind, 0) @ v)
