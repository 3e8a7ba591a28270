from typing import Annotated, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def gru(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "3*H I"],
    weight_hh: Float[Tensor, "3*H H"],
    bias: Float[Tensor, " 3*H"],
    h_0: Float[Tensor, "B H"],
    lengths: Annotated[Int[Tensor, " B"], "0 <= lengths <= T"],
) -> Output:
    states = [h_0]
    for t, x_t in enumerate(x):
        h = states[-1]
        xr, xu, xn = (x_t @ weight_ih.T + bias).tensor_split(3, dim=1)
        hr, hu, hn = (h @ weight_hh.T).tensor_split(3, dim=1)
        u = torch.sigmoid(xu + hu)
        new = (1 - u) * torch.tanh(xn + torch.sigmoid(xr + hr) * hn) + u * h
        states.append(torch.where((t < lengths)[:, None], new, h))
    return Output(torch.stack(states)[1:], states[-1])
