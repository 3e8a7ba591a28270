"""e^2 / 2 within 10 of the target, beyond it 10 (|e| - 5); the derivative is e, cut at -10 and 10."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    losses: Float[Array, "N D"]


def huber(prediction: Float[Array, "N D"], target: Float[Array, "N D"]) -> tuple[Output, Callable[[Output], Gradients]]:
    N, D = prediction.shape
    e = prediction - target
    outer = np.where(e.real > 10.0, 10 * e - 50, -10 * e - 50)
    losses = np.where((e.real > 10.0) | (e.real < -10.0), outer, e * e / 2)

    def backward(d: Output) -> Gradients:
        dlosses = np.zeros_like(losses) if d.losses is None else d.losses
        slope = np.where(e.real > 10.0, 0 * e + 10, e)
        slope = np.where(e.real < -10.0, 0 * e - 10, slope)
        dprediction = dlosses * slope
        dtarget = -dprediction
        return {"prediction": dprediction, "target": dtarget}

    return Output(losses), backward
