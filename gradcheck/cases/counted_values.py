"""Integers and masks that are not random: one value alone, in order, all different, one a row, none of a column."""

from collections.abc import Callable

import numpy as np

from ..unit.declaration import ArraySpec
from .case import Case
from .layouts import Array
from .streams import draw_words


def draw_inside(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make all integers the same, neither end of the range where it has another number."""
    assert spec.range is not None
    low, high = spec.range.low.size(case.sizes), spec.range.high.size(case.sizes)
    return np.full_like(values, low + 1 + (values.flat[0] - low) % (high - low - 1) if high - low > 1 else low)


def spread_integers(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Spread rising integers over the range, so that they differ where it has enough of them."""
    assert spec.range is not None
    low, high = spec.range.low.size(case.sizes), spec.range.high.size(case.sizes)
    return low + np.arange(values.size).reshape(values.shape) * (high - low + 1) // values.size


def shuffle_integers(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make integers that differ where the range has enough of them, in no order."""
    order = np.argsort(draw_words(case, f"order.{spec.name}", values.size))
    return spread_integers(values, 0.0, spec, case).flat[order].reshape(values.shape)


def insert_mostly(values: Array, number: float, spec: ArraySpec, case: Case) -> Array:
    """Put an integer in all entries but every fourth."""
    return np.where(np.arange(values.size).reshape(values.shape) % 4 == 3, values, int(number))


def keep_one(axis: int) -> Callable[[Array, float, ArraySpec, Case], Array]:
    """Keep a single entry along an axis, another at each place."""

    def keep(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
        if not values.ndim:
            return values
        lines = np.moveaxis(np.zeros_like(values), axis, -1)
        words = draw_words(case, f"one.{spec.name}", lines[..., 0].size).reshape(lines.shape[:-1])
        np.put_along_axis(lines, (words % np.uint64(lines.shape[-1])).astype(int)[..., None], True, -1)
        return np.ascontiguousarray(np.moveaxis(lines, -1, axis))

    return keep


def clear_one(axis: int) -> Callable[[Array, float, ArraySpec, Case], Array]:
    """Clear all entries at one place of an axis, the first or the last; each other place keeps one at least."""

    def clear(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
        if not values.ndim:
            return values
        kept = np.moveaxis(values | keep_one(-1 - axis)(values, 0.0, spec, case), axis, 0)
        kept[-(int(draw_words(case, f"none.{spec.name}", 1)[0]) % 2)] = False
        return np.ascontiguousarray(np.moveaxis(kept, 0, axis))

    return clear


def mask_later(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Let each row see the columns up to its own."""
    if values.ndim < 2:
        return values
    return np.broadcast_to(np.tri(*values.shape[-2:], dtype=values.dtype), values.shape).copy()


def find_line(spec: ArraySpec) -> int:
    """The axis along which a mask pads: that of the steps, else the last."""
    axis = spec.axis("T")
    return len(spec.dimensions) - 1 if axis is None else axis


def keep_prefixes(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Let each line keep a prefix, one entry at least, as padding does."""
    if not values.ndim:
        return values
    lines = np.moveaxis(values, find_line(spec), -1)
    words = draw_words(case, f"prefix.{spec.name}", lines[..., 0].size).reshape(lines.shape[:-1])
    lengths = (words % np.uint64(lines.shape[-1])).astype(int) + 1
    kept = np.arange(lines.shape[-1]) < lengths[..., None]
    return np.ascontiguousarray(np.moveaxis(kept, -1, find_line(spec)))


def repeat_mask(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make a mask the same at every step, or else in every row; part of it is false, where there are two entries."""
    if not values.ndim:
        return values
    lines = np.moveaxis(values, spec.axis("T") or 0, 0).copy()
    lines[:] = lines[:1]
    entries = lines.reshape(len(lines), -1)
    entries[:, 0] = True
    entries[:, 1:2] = False
    return np.ascontiguousarray(np.moveaxis(entries.reshape(lines.shape), 0, spec.axis("T") or 0))


def keep_later(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Keep the later half of each line."""
    if not values.ndim:
        return values
    lines = np.moveaxis(np.zeros_like(values), find_line(spec), -1)
    lines[..., lines.shape[-1] // 2 :] = True
    return np.ascontiguousarray(np.moveaxis(lines, -1, find_line(spec)))


def insert_integer(values: Array, number: float, spec: ArraySpec, case: Case) -> Array:
    """Put an integer in the first entry, and in one of three others."""
    chosen = draw_words(case, f"has.{spec.name}", values.size).reshape(values.shape) % np.uint64(3) == 0
    chosen.flat[:1] = True
    return np.where(chosen, int(number), values)


def fill_with_bound(end: str) -> Callable[[Array, float, ArraySpec, Case], Array]:
    def full(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
        return np.full_like(values, getattr(spec.range, end).size(case.sizes))

    return full
