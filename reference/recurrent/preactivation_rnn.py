"""The network whose state is before the activation: a plain loop, and torch.nn.RNN where it knows the activation."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..layers.activation import Kind, phi
from ..shared.torch_nn import torch_nn


class PreactivationRNNOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def preactivation_rnn(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias_ih: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> PreactivationRNNOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    h = x.new_zeros(x.shape[1], weight_hh.shape[1]) if h_0 is None else h_0
    ys = []
    for u_t in x @ weight_ih.T + bias_ih:
        h = phi(h, activation) @ weight_hh.T + u_t
        ys.append(h)
    return PreactivationRNNOutput(torch.stack(ys), h)


def third_party(
    *,
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias_ih: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
    activation: Literal["tanh", "relu"] = "tanh",
) -> PreactivationRNNOutput:
    """The states of torch.nn.RNN, started from phi(h_0), are the activations; the states here are one product more."""
    a_0 = x.new_zeros(x.shape[1], len(weight_hh)) if h_0 is None else phi(h_0, activation)
    named = {"x": x, "weight_ih": weight_ih, "weight_hh": weight_hh, "bias_ih": bias_ih, "bias_hh": 0 * bias_ih}
    behind, *_ = torch_nn(torch.nn.RNN, {**named, "h_0": a_0}, nonlinearity=activation)
    ys = torch.cat((a_0[None], behind[:-1])) @ weight_hh.T + x @ weight_ih.T + bias_ih
    return PreactivationRNNOutput(ys, ys[-1])
