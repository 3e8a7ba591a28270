from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def elman(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"],
) -> Output:
    states = [h_0]
    for x_t in x:
        states.append(torch.tanh(x_t @ weight_ih.T + states[-1] @ weight_hh.T + bias))
    return Output(torch.stack(states)[1:], states[-1])
