from typing import NamedTuple

from jaxtyping import Bool, Float
from torch import Tensor


class Output(NamedTuple):
    y: Float[Tensor, "B H"]


def masked_mean(x: Float[Tensor, "T B H"], mask: Bool[Tensor, "T B"]) -> Output:
    count = mask.sum(dim=0).clamp(min=1)
    return Output(x.masked_fill(~mask[..., None], 0).sum(dim=0) / count[:, None])
