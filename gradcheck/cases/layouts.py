"""Memory layouts: the same numbers with other strides, and copies that keep their strides."""

import ctypes
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
PADDING = 3
"""The number between and beside those of a padded or strided array: code that reads too far reads this."""


def apply_layout(values: Array, layout: str) -> Array:
    """Copy an array into another memory layout."""
    if values.ndim == 0 or layout in ("contiguous", "readonly"):
        result: Array = np.array(values)
        result.flags.writeable = layout != "readonly"
        return result
    return LAYING[layout](values)


def strided(values: Array) -> Array:
    view = np.full((*values.shape[:-1], 2 * values.shape[-1]), PADDING, values.dtype)[..., ::2]
    view[...] = values
    return view


def padded(values: Array) -> Array:
    """A slice of wider rows."""
    view = np.full((*values.shape[:-1], values.shape[-1] + 3), PADDING, values.dtype)[..., 1:-2]
    view[...] = values
    return view


def backwards(values: Array) -> Array:
    flip = (slice(None, None, -1),) * values.ndim
    return np.ascontiguousarray(values[flip])[flip]


def flipped(values: Array) -> Array:
    """A negative stride on the first axis alone."""
    return np.ascontiguousarray(values[::-1])[::-1]


def transposed(values: Array) -> Array:
    """The last two axes swapped in memory."""
    swap = (-1, -2) if values.ndim > 1 else (-1, -1)
    return values.swapaxes(*swap).copy(order="C").swapaxes(*swap)


def broadcast(values: Array) -> Array:
    """Zero strides on each axis along which all numbers are equal, and read-only, as `.sum()` sends gradients back."""
    core = values
    for axis, size in enumerate(values.shape):
        if size > 1 and (core == core.take([0], axis)).all():
            core = core.take([0], axis)
    return values.copy() if core is values else np.broadcast_to(core.copy(), values.shape)


LAYING: dict[str, Callable[[Array], Array]] = {
    "strided": strided,
    "reversed": backwards,
    "fortran": lambda values: values.copy(order="F"),
    "padded": padded,
    "transposed": transposed,
    "flipped": flipped,
    "broadcast": broadcast,
}


def copy_memory(arrays: Iterable[Array]) -> list[Array]:
    """Copy arrays with their strides; copies share memory if the arrays do."""
    arrays = list(arrays)
    spans = {id(a): np.lib.array_utils.byte_bounds(a) for a in arrays}
    blocks: list[tuple[int, int]] = []
    for low, high in sorted(spans.values()):
        if blocks and low < blocks[-1][1]:
            blocks[-1] = blocks[-1][0], max(high, blocks[-1][1])
        else:
            blocks.append((low, high))
    memory = {low: bytearray(ctypes.string_at(low, high - low)) for low, high in blocks}
    copies: dict[int, Array] = {}
    for a in arrays:
        low = max(start for start, _ in blocks if start <= spans[id(a)][0])
        offset = a.__array_interface__["data"][0] - low
        copies[id(a)] = np.ndarray(a.shape, a.dtype, memory[low], offset, a.strides) if a.size else a.copy()
    return [copies[id(a)] for a in arrays]
