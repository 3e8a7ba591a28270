"""The twins of plain_gru.py and packed_rnn.py under autograd."""

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
    bias: Float[Tensor, "3*H"],
    h_0: Float[Tensor, "B H"],
) -> Output:
    h, ys = h_0, []
    w_r, w_u, w_c = weight_hh.chunk(3)
    for x_t in x:
        a_r, a_u, a_c = (x_t @ weight_ih.T + bias).chunk(3, dim=1)
        r, u = (a_r + h @ w_r.T).sigmoid(), (a_u + h @ w_u.T).sigmoid()
        h = u * h + (1 - u) * torch.tanh(a_c + (r * h) @ w_c.T)
        ys.append(h)
    return Output(torch.stack(ys), h)


def packed_rnn(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias: Float[Tensor, " H"],
    lengths: Annotated[Int[Tensor, " B"], "1 <= lengths <= T"],
) -> Output:
    h, ys = x.new_zeros(x.shape[1], len(weight_hh)), []
    for t, x_t in enumerate(x):
        inside = (t < lengths)[:, None]
        h = torch.where(inside, torch.tanh(x_t @ weight_ih.T + bias + h @ weight_hh.T), h)
        ys.append(torch.where(inside, h, 0))
    return Output(torch.stack(ys), h)
