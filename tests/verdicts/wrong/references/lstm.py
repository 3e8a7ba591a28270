from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]
    c_T: Float[Tensor, "B H"]


def lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    bias: Float[Tensor, " 4*H"],
    h_0: Float[Tensor, "B H"],
    c_0: Float[Tensor, "B H"],
) -> Output:
    states, c = [h_0], c_0
    for x_t in x:
        i, f, g, o = (x_t @ weight_ih.T + states[-1] @ weight_hh.T + bias).tensor_split(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        states.append(torch.sigmoid(o) * torch.tanh(c))
    return Output(torch.stack(states)[1:], states[-1], c)
