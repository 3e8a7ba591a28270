"""The affine output layer of a recurrent network, applied at every step.

    o_t = V h_t + c

    dV = sum_t do_t h_t^T        dc = sum_t do_t        dh_t = V^T do_t

V is `weight`, c is `bias`, as in torch.nn.Linear.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 10.2.2.
"""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float

from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked


class LayerOutput(NamedTuple):
    o: Float[Array, "T B V"]


@checked
def output_layer(
    h: Float[Array, "T B H"], weight: Float[Array, "V H"], bias: Float[Array, " V"]
) -> tuple[LayerOutput, Callable[[LayerOutput], Gradients]]:
    """Map hidden states to outputs.

    Shapes: h (T, B, H), weight (V, H), bias (V); o (T, B, V).
    """
    rows = h.reshape(-1, weight.shape[1])
    o = (rows @ weight.T + bias).reshape(*h.shape[:2], len(weight))

    def backward(d: LayerOutput) -> Gradients:
        do = or_zeros(d.o, o).reshape(-1, len(weight))
        return {"h": (do @ weight).reshape(h.shape), "weight": do.T @ rows, "bias": do.sum(axis=0)}

    return LayerOutput(o), backward
