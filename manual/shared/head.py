"""The head of a sequence model: an output layer at every step, and softmax cross-entropy against labels."""

from collections.abc import Callable
from typing import Any, Literal

from ..layers.output_layer import LayerOutput, output_layer
from ..losses.softmax_cross_entropy import softmax_cross_entropy
from .arrays import Array, Gradients
from .loss import Loss

Reduction = Literal["sum", "mean"]
HeadBackward = Callable[[Loss], tuple[Array, Gradients]]
UNUSED: Any = None
"""The upstream gradient of an output that does not reach the loss."""


def head(
    hs: Array, weight: Array, bias: Array, labels: Array, mask: Array | None, reduction: Reduction
) -> tuple[Loss, HeadBackward]:
    """The loss of the states hs (T, B, H), and a backward giving dhs and the gradients of the layer's parameters."""
    output, layer_backward = output_layer(hs, weight, bias)
    loss, loss_backward = softmax_cross_entropy(output.o, labels, mask, reduction=reduction)

    def backward(d: Loss) -> tuple[Array, Gradients]:
        dlayer = layer_backward(LayerOutput(loss_backward(d)["logits"]))
        return dlayer["h"], {"weight_output": dlayer["weight"], "bias_output": dlayer["bias"]}

    return loss, backward
