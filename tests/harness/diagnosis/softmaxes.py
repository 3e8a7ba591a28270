"""Units with a softmax inside, to plant its wrong derivatives in."""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from gradcheck import Subject
from tests.harness.plant import Edit, planted

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


def shifted_pool(
    query: Float[Array, "B I"], key: Float[Array, "S I"], value: Float[Array, "S I"], shift: Float[Array, " B"]
) -> tuple[Context, Callable[[Context], dict[str, Array]]]:
    """The same, with a number added to the scores of each query, which changes nothing."""
    scores = query @ key.T + shift[:, None]
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)

    def backward(d: Context) -> dict[str, Array]:
        dp = d.context @ value.T
        dvalue = p.T @ d.context
        dscores = p * dp - p * (p * dp).sum(axis=1, keepdims=True)
        return {"query": dscores @ key, "key": dscores.T @ query, "value": dvalue, "shift": dscores.sum(axis=1)}

    return Context(p @ value), backward


def shifted_pool_reference(
    query: Float[torch.Tensor, "B I"],
    key: Float[torch.Tensor, "S I"],
    value: Float[torch.Tensor, "S I"],
    shift: Float[torch.Tensor, " B"],
) -> Context:
    return Context((query @ key.T + shift[:, None]).softmax(dim=1) @ value)


def shifted_pool_subject(edit: Edit) -> Subject:
    unit = planted(edit, module=sys.modules[__name__], name="shifted_pool")
    return Subject("shifted_pool", unit, shifted_pool_reference)
