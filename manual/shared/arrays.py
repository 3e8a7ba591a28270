"""What every unit needs of its arrays: a type, and zeros where no upstream gradient is given."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


def or_zeros(upstream: Array | None, like: Array) -> Array:
    """The upstream gradient, or zeros of the shape and dtype of `like` where it is None."""
    return np.zeros(like.shape, like.dtype) if upstream is None else upstream


def detach(array: Array) -> Array:
    """The same values, through which no derivative passes: where a truncated backward stops, its forward says so.

    Complex numbers lose their imaginary part, in which complex step carries the derivative; exact elements have a
    method `detach` that keeps the value and sets the tangent to 0; floats carry no derivative.
    """
    if array.dtype == object:
        stopped = array.copy()
        stopped.reshape(-1)[:] = [e.detach() if hasattr(e, "detach") else e for e in array.ravel()]
        return stopped
    real: Array = array.real.astype(array.dtype)
    return real


def scale_derivative(array: Array, factor: Array) -> Array:
    """The same values, through which `factor` times the derivative passes."""
    still = detach(array)
    scaled: Array = still + factor * (array - still)
    return scaled
