"""Half the squared error, over time and batch.

    l_t = 1/2 ||o_t - y_t||^2        L = sum_t w_t l_t / N

o is `output`, y is `target`.  w_t is 1 where the mask is set or not given, and 0 elsewhere; N is 1 for `sum` and the
number of positions with w_t = 1 for `mean` (1 if there is none).

    do_t = (o_t - y_t) * w_t / N * dL        dy_t = -do_t

Behind a logistic output o = s(z) the gradient of z is do * o (1 - o); the bare o - y belongs to the cross-entropy.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 5.2.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float

from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from ..shared.loss import Loss, Reduction, weights


@checked
def squared_error(
    output: Float[Array, "T B V"],
    target: Float[Array, "T B V"],
    mask: Bool[Array, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """Half the squared distance of output and target, summed or averaged over the positions that count.

    Shapes: output and target (T, B, V), mask (T, B), true where a position counts; the loss is a scalar.
    """
    w = weights(mask, output.shape[:2], reduction, output.dtype)[..., None]
    difference = output - target
    loss = (w * difference * difference).sum() / 2

    def backward(d: Loss) -> Gradients:
        doutput = w * difference * or_zeros(d.loss, np.asarray(loss))
        return {"output": doutput, "target": -doutput}

    return Loss(loss), backward
