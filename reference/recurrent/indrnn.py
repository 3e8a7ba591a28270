"""The independently recurrent network: a plain loop, and the package torchrecurrent where it knows the activation."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..layers.activation import Kind, phi
from ..shared.torchrecurrent import torchrecurrent


class IndRNNOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def indrnn(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, " H"],
    bias_ih: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> IndRNNOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    h = x.new_zeros(x.shape[1], len(weight_hh)) if h_0 is None else h_0
    ys = []
    for a_t in x @ weight_ih.T + bias_ih:
        h = phi(a_t + weight_hh * h, activation)
        ys.append(h)
    return IndRNNOutput(torch.stack(ys), h)


def third_party(
    *,
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, " H"],
    bias_ih: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
    activation: Literal["tanh", "relu"] = "tanh",
) -> IndRNNOutput:
    """The same by torchrecurrent.IndRNN, whose second bias, on the state's side, is zero here."""
    parameters = {"weight_ih": weight_ih, "vector_u": weight_hh, "bias_ih": bias_ih, "bias_hh": 0 * bias_ih}
    return IndRNNOutput(*torchrecurrent("IndRNN", x, len(weight_hh), parameters, h_0, nonlinearity=activation))
