"""o = softmax(q k^T / sqrt(D)) v over the keys that the mask leaves; a query that sees no key gets zeros."""

# ruff: noqa: F841 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    o: Float[Array, "Q E"]


def attention(
    q: Float[Array, "Q D"], k: Float[Array, "K D"], v: Float[Array, "K E"], mask: Bool[Array, "Q K"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    (Q, D), K = q.shape, len(k)
    scale = max(D, 1) ** -0.5
    scores = (q @ k.T) * scale
    seen = np.where(mask, scores.real, -np.inf)
    top = seen.max(axis=1, keepdims=True, initial=-np.inf)
    shifted = np.where(mask, scores - np.where(mask.any(axis=1, keepdims=True), top, 0), 0 * scores)
    exps = np.where(mask, np.exp(shifted), 0 * scores)
    total = np.where(mask.any(axis=1, keepdims=True), exps.sum(axis=1, keepdims=True), 1)
    p = exps / total

    def backward(d: Output) -> Gradients:
        do = np.zeros_like(p @ v) if d.o is None else d.o
        dp = do @ v.T
        ds = p * (dp - (p * dp).sum(axis=1, keepdims=True)) * scale
        dq = ds @ k
        dk = ds.T @ q
        dv = p.T @ do
        return {"q": dq, "k": dk, "v": dv}

    return Output(p @ v), backward
