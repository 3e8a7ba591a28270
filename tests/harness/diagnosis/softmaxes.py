"""Units with a softmax inside, to plant its wrong derivatives in."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from gradcheck import Subject

Array = np.ndarray[Any, np.dtype[Any]]


class Context(NamedTuple):
    context: Float[Array, "B I"]


def pool(
    query: Float[Array, "B I"], key: Float[Array, "S I"], value: Float[Array, "S I"]
) -> tuple[Context, Callable[[Context], dict[str, Array]]]:
    """The mean of the values, weighted by the softmax of query and key."""
    scores = query @ key.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)

    def backward(d: Context) -> dict[str, Array]:
        dp = d.context @ value.T
        dscores = p * (dp - (p * dp).sum(axis=1, keepdims=True))
        return {"query": dscores @ key, "key": dscores.T @ query, "value": p.T @ d.context}

    return Context(p @ value), backward


def pool_reference(
    query: Float[torch.Tensor, "B I"], key: Float[torch.Tensor, "S I"], value: Float[torch.Tensor, "S I"]
) -> Context:
    return Context((query @ key.T).softmax(dim=1) @ value)


def pool_subject(unit: Callable[..., Any]) -> Subject:
    return Subject("pool", unit, pool_reference)
