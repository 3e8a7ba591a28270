"""A GRU in both directions over rows of different lengths; and torch.nn.GRU, bidirectional, packed."""

from typing import Annotated, Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ..recurrent.gru import gru
from ..shared.both_ways import both_ways
from ..shared.torch_nn import torch_nn


class BidirectionalGRUOutput(NamedTuple):
    ys: Float[Tensor, "T B 2*H"]
    h_n: Float[Tensor, "2 B H"]


def bidirectional_gru(
    x: Float[Tensor, "T B I"],
    weight_ih_l0: Float[Tensor, "3*H I"],
    weight_hh_l0: Float[Tensor, "3*H H"],
    bias_ih_l0: Float[Tensor, "3*H"],
    bias_hh_l0: Float[Tensor, "3*H"],
    weight_ih_l0_reverse: Float[Tensor, "3*H I"],
    weight_hh_l0_reverse: Float[Tensor, "3*H H"],
    bias_ih_l0_reverse: Float[Tensor, "3*H"],
    bias_hh_l0_reverse: Float[Tensor, "3*H"],
    lengths: Annotated[Int[Tensor, " B"], "1 <= lengths <= T"],
    h_0: Float[Tensor, "2 B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
) -> BidirectionalGRUOutput:
    """ys (T, B, 2H) and h_n (2, B, H) of x (T, B, I)."""
    parameters = (
        (weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0),
        (weight_ih_l0_reverse, weight_hh_l0_reverse, bias_ih_l0_reverse, bias_hh_l0_reverse),
    )

    def layer(x: Tensor, h: Tensor, k: int) -> Tensor:
        return gru(x, *parameters[k], h, reset=reset).ys

    if h_0 is None:
        h_0 = x.new_zeros(2, x.shape[1], weight_hh_l0.shape[1])
    return BidirectionalGRUOutput(*both_ways(layer, x, h_0, lengths))


def third_party(*, reset: Literal["after"] = "after", **inputs: Tensor) -> BidirectionalGRUOutput:
    """The same by torch.nn.GRU on a packed sequence."""
    return BidirectionalGRUOutput(*torch_nn(torch.nn.GRU, inputs, bidirectional=True))
