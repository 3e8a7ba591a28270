"""Two Elman layers in both directions over rows of different lengths; and torch.nn.RNN, packed."""

from typing import Annotated, Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ..layers.activation import Kind
from ..recurrent.rnn import rnn
from ..shared.both_ways import both_ways
from ..shared.torch_nn import torch_nn


class DeepRNNOutput(NamedTuple):
    ys: Float[Tensor, "T B 2*H"]
    h_n: Float[Tensor, "4 B H"]


def deep_bidirectional_rnn(
    x: Float[Tensor, "T B I"],
    weight_ih_l0: Float[Tensor, "H I"],
    weight_hh_l0: Float[Tensor, "H H"],
    bias_ih_l0: Float[Tensor, " H"],
    bias_hh_l0: Float[Tensor, " H"],
    weight_ih_l0_reverse: Float[Tensor, "H I"],
    weight_hh_l0_reverse: Float[Tensor, "H H"],
    bias_ih_l0_reverse: Float[Tensor, " H"],
    bias_hh_l0_reverse: Float[Tensor, " H"],
    weight_ih_l1: Float[Tensor, "H 2*H"],
    weight_hh_l1: Float[Tensor, "H H"],
    bias_ih_l1: Float[Tensor, " H"],
    bias_hh_l1: Float[Tensor, " H"],
    weight_ih_l1_reverse: Float[Tensor, "H 2*H"],
    weight_hh_l1_reverse: Float[Tensor, "H H"],
    bias_ih_l1_reverse: Float[Tensor, " H"],
    bias_hh_l1_reverse: Float[Tensor, " H"],
    lengths: Annotated[Int[Tensor, " B"], "1 <= lengths <= T"] | None = None,
    h_0: Float[Tensor, "4 B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> DeepRNNOutput:
    """ys (T, B, 2H) and h_n (4, B, H) of x (T, B, I)."""
    parameters = (
        (weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0),
        (weight_ih_l0_reverse, weight_hh_l0_reverse, bias_ih_l0_reverse, bias_hh_l0_reverse),
        (weight_ih_l1, weight_hh_l1, bias_ih_l1, bias_hh_l1),
        (weight_ih_l1_reverse, weight_hh_l1_reverse, bias_ih_l1_reverse, bias_hh_l1_reverse),
    )

    def layer(x: Tensor, h: Tensor, k: int) -> Tensor:
        return rnn(x, *parameters[k], h, activation=activation).ys

    if h_0 is None:
        h_0 = x.new_zeros(4, x.shape[1], weight_hh_l0.shape[1])
    return DeepRNNOutput(*both_ways(layer, x, h_0, lengths))


def third_party(*, activation: Literal["tanh", "relu"] = "tanh", **inputs: Tensor) -> DeepRNNOutput:
    """The same by torch.nn.RNN on a packed sequence."""
    options = {"num_layers": 2, "bidirectional": True, "nonlinearity": activation}
    return DeepRNNOutput(*torch_nn(torch.nn.RNN, inputs, **options))
