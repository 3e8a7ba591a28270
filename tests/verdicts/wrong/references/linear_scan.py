from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def linear_scan(x: Float[Tensor, "T B H"], a: Float[Tensor, "T B H"], h_0: Float[Tensor, "B H"]) -> Output:
    states = [h_0]
    for x_t, a_t in zip(x, a, strict=True):
        states.append(a_t * states[-1] + x_t)
    return Output(torch.stack(states)[1:], states[-1])
