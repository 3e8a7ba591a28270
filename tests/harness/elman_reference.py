"""The twin of elman.py under autograd, and torch.nn.RNN."""

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
    bias_ih: Float[Tensor, " H"],
    bias_hh: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
) -> Output:
    h = x.new_zeros(x.shape[1], len(weight_hh)) if h_0 is None else h_0
    ys = []
    for x_t in x:
        h = torch.tanh(x_t @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)
        ys.append(h)
    return Output(torch.stack(ys), h)


def third_party(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias_ih: Float[Tensor, " H"],
    bias_hh: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
) -> Output:
    module = torch.nn.RNN(x.shape[2], len(weight_hh), dtype=x.dtype)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    parameters = dict(zip(names, (weight_ih, weight_hh, bias_ih, bias_hh), strict=True))
    state = None if h_0 is None else h_0[None]
    ys, h_T = torch.func.functional_call(module, parameters, (x, state))
    return Output(ys, h_T[0])
