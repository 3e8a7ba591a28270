"""What every loss over time and batch shares: its output, and the weight of each position."""

from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import DTypeLike

from .arrays import Array

Reduction = Literal["sum", "mean"]


class Loss(NamedTuple):
    loss: Float[Array, ""]


def weights(mask: Array | None, shape: tuple[int, ...], reduction: Reduction, dtype: DTypeLike) -> Array:
    """1/N where a position counts and 0 elsewhere; N is 1 for `sum`, the number that count for `mean`.

    1/N is rounded to `dtype`, and not at all among exact numbers.
    """
    counts = np.ones(shape, bool) if mask is None else mask
    N = max(int(counts.sum()), 1) if reduction == "mean" else 1
    w: Array = counts * np.asarray(Fraction(1, N)).astype(dtype)
    return w
