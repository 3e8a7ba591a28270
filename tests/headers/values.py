"""The arithmetic of a header: what expressions do with numbers, vectors and matrices, and with what is not there."""

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

NOTHING = None
"""The value of what is not there, such as a gradient after the last step: zero, of any shape."""


class Row(NamedTuple):
    """A vector written as a row, as x_t^T is."""

    vector: Any


def add(*terms: Any) -> Any:
    present = [term for term in terms if term is not NOTHING]
    return sum(present[1:], present[0]) if present else NOTHING


def multiply_elementwise(*factors: Any) -> Any:
    return NOTHING if any(f is NOTHING for f in factors) else reduce(np.multiply, factors)


def multiply(*factors: Any) -> Any:
    """What stands side by side, from the right: matrix times vector, column times row, row times column, numbers."""
    *rest, result = factors
    for left in reversed(rest):
        result = multiply_pair(left, result)
    return result


def multiply_pair(left: Any, right: Any) -> Any:
    if left is NOTHING or right is NOTHING:
        return NOTHING
    if isinstance(right, Row):
        return np.outer(left, right.vector) if np.ndim(left) else Row(left * right.vector)
    if isinstance(left, Row):
        return left.vector @ right
    return left @ right if np.ndim(left) == 2 and np.ndim(right) else np.multiply(left, right)


def transpose(value: Any, change: Callable[[Any], Any] = np.asarray) -> Any:
    if value is NOTHING:
        return NOTHING
    return change(value).T if np.ndim(value) == 2 else Row(change(value))


COMBINE: dict[str, Callable[..., Any]] = {
    "sum": add,
    "minus": lambda value: NOTHING if value is NOTHING else -value,
    "elementwise": multiply_elementwise,
    "product": multiply,
    "quotient": lambda above, below: NOTHING if above is NOTHING else above / below,
    "power": lambda value, exponent: NOTHING if value is NOTHING else value**exponent,
    "T": transpose,
    "H": lambda value: transpose(value, np.conj),
    "norm": lambda value: value @ value,
    "part": lambda value, number, count: np.split(value, count)[number],
    "stack": lambda *values: np.concatenate(values),
    "another value": lambda value: NOTHING if value is NOTHING else value / 2 + 0.125,
    ">": lambda left, right, yes, no: np.where(left > right, yes, no),
    ">=": lambda left, right, yes, no: np.where(left >= right, yes, no),
}
