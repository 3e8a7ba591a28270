"""The affine output layer step by step, and torch.nn.functional.linear."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class LayerOutput(NamedTuple):
    o: Float[Tensor, "T B V"]


def output_layer(h: Float[Tensor, "T B H"], weight: Float[Tensor, "V H"], bias: Float[Tensor, " V"]) -> LayerOutput:
    """o (T, B, V) of h (T, B, H)."""
    return LayerOutput(torch.stack([h_t @ weight.T + bias for h_t in h]))


def third_party(h: Float[Tensor, "T B H"], weight: Float[Tensor, "V H"], bias: Float[Tensor, " V"]) -> LayerOutput:
    """The same by torch.nn.functional.linear."""
    return LayerOutput(torch.nn.functional.linear(h, weight, bias))
