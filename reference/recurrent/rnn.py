"""Elman's simple recurrent network: a plain loop, and torch.nn.RNN where it knows the activation."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..layers.activation import Kind, phi
from ..shared.torch_nn import torch_nn


class RNNOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def rnn(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias_ih: Float[Tensor, " H"],
    bias_hh: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> RNNOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    h = x.new_zeros(x.shape[1], weight_hh.shape[1]) if h_0 is None else h_0
    ys, hidden = [], weight_hh.T
    for a_t in x @ weight_ih.T + bias_ih + bias_hh:
        h = phi(torch.addmm(a_t, h, hidden), activation)
        ys.append(h)
    return RNNOutput(torch.stack(ys), h)


def third_party(*, activation: Literal["tanh", "relu"] = "tanh", **inputs: Tensor) -> RNNOutput:
    """The same by torch.nn.RNN."""
    return RNNOutput(*torch_nn(torch.nn.RNN, inputs, nonlinearity=activation))
