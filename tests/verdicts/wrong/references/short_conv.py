from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]
    state_T: Float[Tensor, "3 B H"]


def short_conv(x: Float[Tensor, "T B H"], kernel: Float[Tensor, "4 H"], state: Float[Tensor, "3 B H"]) -> Output:
    fed = torch.cat((state, x))
    ys = torch.einsum("tbhj,jh->tbh", fed.unfold(0, 4, 1), kernel) if len(x) else fed[:0] * kernel[0]
    return Output(ys, fed[len(x) :])
