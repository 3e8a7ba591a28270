"""Logistic output and binary cross-entropy, over time and batch.

    p_t = s(o_t)        l_t = -y_t^T log p_t - (1 - y_t)^T log(1 - p_t)        L = sum_t w_t l_t / N

l_t is computed as sum_v max(o, 0) - o y + log(1 + exp(-|o|)).  o is `logits`, y is `target`.  w_t is 1 where the mask
is set or not given, and 0 elsewhere; N is 1 for `sum` and the number of positions with w_t = 1 for `mean` (1 if there
is none).

    do_t = (p_t - y_t) * w_t / N * dL        dy_t = -o_t * w_t / N * dL

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 5.2;
torch.nn.functional.binary_cross_entropy_with_logits.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float

from ..layers.activation import logistic
from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from ..shared.loss import Loss, Reduction, weights


@checked
def logistic_cross_entropy(
    logits: Float[Array, "T B V"],
    target: Float[Array, "T B V"],
    mask: Bool[Array, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """Cross-entropy of logistic(logits) against targets, summed or averaged over the positions that count.

    Shapes: logits and target (T, B, V), mask (T, B), true where a position counts; the loss is a scalar.
    """
    w = weights(mask, logits.shape[:2], reduction, logits.dtype)[..., None]
    positive = logits.real > 0
    softplus = np.where(positive, logits, 0) + np.log1p(np.exp(np.where(positive, -logits, logits)))
    loss = (w * (softplus - logits * target)).sum()

    def backward(d: Loss) -> Gradients:
        scale = w * or_zeros(d.loss, np.asarray(loss))
        return {"logits": scale * (logistic(logits) - target), "target": -scale * logits}

    return Loss(loss), backward
