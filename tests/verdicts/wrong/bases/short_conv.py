"""y_t = sum_j kernel_j s_{t+j}, s the state and then x: a causal convolution of four taps that hands on three."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]
    state_T: Float[Array, "3 B H"]


def short_conv(
    x: Float[Array, "T B H"], kernel: Float[Array, "4 H"], state: Float[Array, "3 B H"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    T, B, H = x.shape
    fed = np.concatenate((state, x))
    ys = kernel[0] * fed[:T]
    for j in (1, 2, 3):
        ys = ys + kernel[j] * fed[j : j + T]

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        dfed = np.zeros_like(fed * kernel[0])
        if d.state_T is not None:
            dfed[T:] = d.state_T
        dkernel = np.zeros_like(kernel)
        for j in range(4):
            dfed[j : j + T] += kernel[j] * dys
            dkernel[j] = (dys * fed[j : j + T]).sum(axis=(0, 1))
        dstate = dfed[:3].copy()
        dx = dfed[3:].copy()
        return {"x": dx, "kernel": dkernel, "state": dstate}

    return Output(ys, fed[T:].copy()), backward
