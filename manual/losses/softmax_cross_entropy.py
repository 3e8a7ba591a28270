"""Softmax and cross-entropy with integer labels, over time and batch.

    p_t = softmax(o_t)        l_t = -onehot(y_t)^T log p_t        L = sum_t w_t l_t / N

l_t is -log p_t[y_t], computed as m_t + log sum_v exp(o_tv - m_t) - o_t[y_t] with m_t = max_v o_tv.  o is `logits`,
y is `labels`.  w_t is 1 where the mask is set or not given, and 0 elsewhere; N is 1 for `sum` and the number of
positions with w_t = 1 for `mean` (1 if there is none, so that the loss of nothing is 0).

    do_t = (p_t - onehot(y_t)) * w_t / N * dL

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3; torch.nn.functional.cross_entropy.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from jaxtyping import Bool, Float, Int

from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from ..shared.loss import Loss, Reduction, weights


@checked
def softmax_cross_entropy(
    logits: Float[Array, "T B V"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
    mask: Bool[Array, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """Cross-entropy of softmax(logits) against labels, summed or averaged over the positions that count.

    Shapes: logits (T, B, V), labels (T, B) with 0 <= labels < V, mask (T, B), true where a position counts; the
    loss is a scalar.
    """
    w = weights(mask, logits.shape[:2], reduction, logits.dtype)
    shifted = logits - logits.max(axis=2, keepdims=True)
    exponential = np.exp(shifted)
    total = exponential.sum(axis=2, keepdims=True)
    picked = np.take_along_axis(shifted, labels[..., None], axis=2)
    loss = ((np.log(total) - picked)[..., 0] * w).sum()

    def backward(d: Loss) -> Gradients:
        onehot = labels[..., None] == np.arange(logits.shape[2])
        return {"logits": (exponential / total - onehot) * (w * or_zeros(d.loss, np.asarray(loss)))[..., None]}

    return Loss(loss), backward
