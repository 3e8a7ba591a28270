"""One gated step: a unit whose gates can be exchanged and copied from one another."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]


class Output(NamedTuple):
    h: Float[Array, "B H"]


def gated(
    x: Float[Array, "B H"],
    weight: Float[Array, "2*H H"],
    bias: Float[Array, "2*H"],
    h_0: Float[Array, "B H"],
) -> tuple[Output, Callable[[Output], dict[str, Array]]]:
    a, b = np.split(x @ weight.T + bias, 2, axis=1)
    z, n = 1 / (1 + np.exp(-a)), np.tanh(b)

    def backward(d: Output) -> dict[str, Array]:
        dh = np.zeros_like(h_0) if d.h is None else d.h
        da = dh * (h_0 - n) * z * (1 - z)  # through the gate
        db = dh * (1 - z) * (1 - n * n)
        dz = np.concatenate((da, db), axis=1)
        return {"x": dz @ weight, "weight": dz.T @ x, "bias": dz.sum(axis=0), "h_0": dh * z}

    return Output(z * h_0 + (1 - z) * n), backward
