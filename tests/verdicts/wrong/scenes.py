"""What is done to the random arrays of a case: values, layouts and upstream gradients."""

from typing import Any

import numpy as np

from tests.verdicts.wrong.fault import Arrays, Change


def put(**values: Any) -> Change:
    """Inputs filled with a value; what is callable makes the new array from the old one."""

    def change(inputs: Arrays, upstream: Arrays) -> None:
        for name, value in values.items():
            inputs[name] = replaced(inputs[name], value)

    return change


def send(**values: Any) -> Change:
    """Upstream gradients filled with a value, or None; what is callable makes the new one from the old one."""

    def change(inputs: Arrays, upstream: Arrays) -> None:
        for name, value in values.items():
            upstream[name] = None if value is None else replaced(upstream[name], value)

    return change


def replaced(array: Any, value: Any) -> Any:
    return value(array) if callable(value) else np.full_like(array, value)


def entry(index: Any, value: Any) -> Any:
    """A part of the array set to a value."""

    def make(array: Any) -> Any:
        array[index] = value
        return array

    return make


def times(factor: float) -> Any:
    return lambda array: array * factor


def alias(name: str, other: str) -> Change:
    """One array, passed as two inputs."""

    def change(inputs: Arrays, upstream: Arrays) -> None:
        inputs[other] = inputs[name]

    return change


def identity(array: Any) -> Any:
    return np.eye(*array.shape)


def cast_to_single(inputs: Arrays, upstream: Arrays) -> None:
    """Every float array in single precision."""
    for arrays in (inputs, upstream):
        for name, array in arrays.items():
            if array is not None and array.dtype == np.float64:
                arrays[name] = array.astype(np.float32)


def fortran(array: Any) -> Any:
    return np.asfortranarray(array)


def read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


def zero_stride(array: Any) -> Any:
    """One number seen at every place, as `.sum()` sends it."""
    return np.broadcast_to(np.array(array.flat[0]), array.shape)


def repeated_rows(array: Any) -> Any:
    """The first entry along the first axis, seen at every place of it."""
    return np.broadcast_to(array[0].copy(), array.shape)


def padded(array: Any) -> Any:
    """The left part of a wider array."""
    wide = np.zeros((*array.shape[:-1], array.shape[-1] + 3), array.dtype)
    wide[..., :-3] = array
    return wide[..., :-3]


def strided(array: Any) -> Any:
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def upside_down(array: Any) -> Any:
    """Reversed in memory along the first axis alone."""
    return array[::-1].copy()[::-1]
