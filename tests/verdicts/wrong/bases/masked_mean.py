"""The mean of x over the steps that the mask keeps; zeros where it keeps none."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    y: Float[Array, "B H"]


def masked_mean(x: Float[Array, "T B H"], mask: Bool[Array, "T B"]) -> tuple[Output, Callable[[Output], Gradients]]:
    T, B, H = x.shape
    count = np.maximum(mask.sum(axis=0), 1)
    y = np.where(mask[..., None], x, 0 * x).sum(axis=0) / count.astype(x.real.dtype)[:, None]

    def backward(d: Output) -> Gradients:
        dy = np.zeros_like(y) if d.y is None else d.y
        divisor = count.astype(dy.real.dtype)[:, None]
        share = dy / divisor
        dx = np.where(mask[..., None], share, 0 * share)
        return {"x": dx}

    return Output(y), backward
