"""Two layers, the smallest network in which a weight can be tied.

    a = W_2 x        b = tanh(a)        c = W_1 b        y = s(c)

x (I), a, b (H), c, y (V), for each row of the batch; s is the logistic function.

    dc = dy * y (1 - y)              dW_1 = sum dc b^T
    db = W_1^T dc                    da   = db * (1 - b^2)
    dW_2 = sum da x^T                dx   = W_2^T da

Where W_1 and W_2 are one matrix W, y = s(W tanh(W x)), its gradient is dW_1 + dW_2.  In print the two are found
exchanged, and without the factor W_1^T in the second.

Source: Rumelhart, Hinton and Williams, Learning internal representations by error propagation (1986).
"""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float

from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from .activation import logistic, tanh


class LayersOutput(NamedTuple):
    y: Float[Array, "B V"]


@checked
def two_layers(
    x: Float[Array, "B I"], weight_1: Float[Array, "V H"], weight_2: Float[Array, "H I"]
) -> tuple[LayersOutput, Callable[[LayersOutput], Gradients]]:
    """Apply two layers without biases.

    Shapes: x (B, I), weight_1 (V, H), weight_2 (H, I); y (B, V).
    """
    b = tanh(x @ weight_2.T)
    y = logistic(b @ weight_1.T)

    def backward(d: LayersOutput) -> Gradients:
        dc = or_zeros(d.y, y) * y * (1 - y)
        da = (dc @ weight_1) * (1 - b * b)
        return {"x": da @ weight_2, "weight_1": dc.T @ b, "weight_2": da.T @ x}

    return LayersOutput(y), backward
