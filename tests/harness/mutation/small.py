"""A small unit and its reference: y = tanh(w x), its backward written so that faults can be planted in it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]


class Output(NamedTuple):
    y: Float[Array, "T B"]


def small(x: Float[Array, "T B"], w: Float[Array, " B"]) -> tuple[Output, Callable[[Output], dict[str, Array]]]:
    y = np.tanh(x * w)

    def backward(d: Output) -> dict[str, Array]:
        dy = np.zeros_like(y) if d.y is None else d.y
        dz = dy * (1 - y * y)
        return {"x": dz * w, "w": (dz * x).sum(axis=0)}

    return Output(y.copy()), backward


def small_reference(x: Float[torch.Tensor, "T B"], w: Float[torch.Tensor, " B"]) -> Output:
    return Output(torch.tanh(x * w))
