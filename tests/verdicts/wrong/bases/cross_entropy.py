"""losses = logsumexp(z) - z[label], 0 where the label is -100, and their mean over the labels that count."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    losses: Float[Array, " N"]
    mean: Float[Array, ""]


def cross_entropy(
    logits: Float[Array, "N V"], labels: Annotated[Int[Array, " N"], "0 <= labels < V"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    N, V = logits.shape
    valid = labels != -100
    count = max(int(valid.sum()), 1)
    safe = np.where(valid, labels, 0)
    shifted = logits - logits.real.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    total = exps.sum(axis=1, keepdims=True)
    losses = np.where(valid, np.log(total[:, 0]) - shifted[np.arange(N), safe], 0 * total[:, 0])

    def backward(d: Output) -> Gradients:
        dlosses = np.zeros_like(losses) if d.losses is None else d.losses
        if d.mean is not None:
            dlosses = dlosses + d.mean / count
        p = exps / total
        dlogits = p.copy()
        dlogits[np.arange(N), safe] -= 1
        dlogits = dlogits * np.where(valid, dlosses, 0 * dlosses)[:, None]
        return {"logits": dlogits}

    return Output(losses, np.asarray(losses.sum() / count)), backward
