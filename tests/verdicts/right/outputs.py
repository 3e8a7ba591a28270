"""What the units of this folder share: the shapes of their outputs, and zeros for an upstream gradient that is None."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
Backward = Callable[[Any], dict[str, Array]]


class Loss(NamedTuple):
    loss: Float[Array, ""]


class Losses(NamedTuple):
    losses: Float[Array, " B"]


class Vector(NamedTuple):
    y: Float[Array, " H"]


class Rows(NamedTuple):
    y: Float[Array, "B H"]


class Steps(NamedTuple):
    ys: Float[Array, "T B H"]


class Batched(NamedTuple):
    ys: Float[Array, "B T H"]


class Attended(NamedTuple):
    ys: Float[Array, "T H"]


def zeros(upstream: Array | None, output: Array) -> Array:
    return np.zeros_like(output) if upstream is None else upstream
