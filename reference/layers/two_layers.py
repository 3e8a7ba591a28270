"""Two layers: their formula, and torch.nn.functional.linear."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


class LayersOutput(NamedTuple):
    y: Float[Tensor, "B V"]


def two_layers(x: Float[Tensor, "B I"], weight_1: Float[Tensor, "V H"], weight_2: Float[Tensor, "H I"]) -> LayersOutput:
    """y (B, V) of x (B, I)."""
    return LayersOutput(((x @ weight_2.T).tanh() @ weight_1.T).sigmoid())


def third_party(
    x: Float[Tensor, "B I"], weight_1: Float[Tensor, "V H"], weight_2: Float[Tensor, "H I"]
) -> LayersOutput:
    """The same by torch.nn.functional.linear."""
    return LayersOutput(functional.linear(functional.linear(x, weight_2).tanh(), weight_1).sigmoid())
