"""What every unit needs of its arrays: a type, and zeros where no upstream gradient is given."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


def or_zeros(upstream: Array | None, like: Array) -> Array:
    """The upstream gradient, or zeros of the shape and dtype of `like` where it is None."""
    return np.zeros(like.shape, like.dtype) if upstream is None else upstream
