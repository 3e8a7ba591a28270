"""Values that are not random: zeros, ones, equal rows, tails, both sides of a threshold, ..."""

from collections.abc import Callable

import numpy as np

from ..unit.declaration import ArraySpec
from .case import Case
from .layouts import Array
from .streams import draw_words
from .vocabulary import WITH_NUMBER

TAIL = (16.0, 64.0, 256.0, 1024.0, 8192.0)
"""Factors of the entries in the tails: with them, near-normal numbers reach 1e2 to 1e4."""


def shape_values(values: Array, kind: str, spec: ArraySpec, case: Case) -> Array:
    """Make values of this kind from the random numbers of an input."""
    word, number = split_number(kind, spec)
    if not values.size and word != "has":
        return values
    shaped: Array = SHAPING[word](values, number, spec, case)
    return shaped


def split_number(kind: str, spec: ArraySpec) -> tuple[str, float]:
    """Split `around20` into `around` and 20; a word without a number has 0."""
    word = next((w for w in WITH_NUMBER[spec.kind] if kind.startswith(w)), None)
    return (kind, 0.0) if word is None else (word, float(kind.removeprefix(word)))


def make_onehot(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """A single 1 in each row."""
    if not values.ndim:
        return np.ones_like(values)
    width = values.shape[-1]
    hot = draw_words(case, f"hot.{spec.name}", values.size // width) % np.uint64(width)
    one: Array = np.eye(width, dtype=values.dtype)[hot.astype(int)].reshape(values.shape)
    return one


def repeat_along(letter: str) -> Callable[[Array, float, ArraySpec, Case], Array]:
    """Make all entries along an axis equal to the first: the axis of the letter, or else the first axis."""

    def equal(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
        if not values.ndim:
            return values
        axis = spec.axis(letter) or 0
        return np.repeat(values.take([0], axis), values.shape[axis], axis)

    return equal


def zero_one_row(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Set one row to zeros, as padding has."""
    rows = values.copy().reshape(-1, values.shape[-1] if values.ndim > 1 else 1)
    rows[int(draw_words(case, f"row.{spec.name}", 1)[0]) % len(rows)] = 0
    return rows.reshape(values.shape)


def make_identity(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make each square block an identity matrix; an array that is not square gets ones on its diagonal."""
    if values.ndim < 2:
        return np.ones_like(values)
    rows, columns = values.shape[-2:]
    block = np.eye(columns if rows % columns == 0 else rows, columns, dtype=values.dtype)
    return np.broadcast_to(np.tile(block, (rows // len(block), 1)), values.shape).copy()


def mirror_blocks(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make each square block symmetric."""
    if values.ndim < 2 or values.shape[-2] % values.shape[-1]:
        return values
    n = values.shape[-1]
    blocks = values.reshape(-1, n, n)
    mirrored: Array = np.tril(blocks) + np.tril(blocks, -1).swapaxes(1, 2)
    return mirrored.reshape(values.shape)


def stretch_tails(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make one entry of each row large.  Only one: two could cancel in a sum, which would then be small."""
    words = draw_words(case, f"tail.{spec.name}", values.size).reshape(values.shape)
    factors = np.array(TAIL)[(words % np.uint64(len(TAIL))).astype(int)]
    return np.where(make_onehot(values, 0.0, spec, case) != 0, values * factors, values)


def surround_number(values: Array, number: float, spec: ArraySpec, case: Case) -> Array:
    """Put numbers on both sides of a number, none equal to it; the first two entries are on different sides."""
    relative = values.real / 4
    relative.flat[:2] = np.abs(relative.flat[:2]) * [1, -1][: relative.size]
    return np.asarray(number * (1 + relative) + 0 * values)


def insert_integer(values: Array, number: float, spec: ArraySpec, case: Case) -> Array:
    """Put an integer in the first entry, and in one of three others."""
    chosen = draw_words(case, f"has.{spec.name}", values.size).reshape(values.shape) % np.uint64(3) == 0
    chosen.flat[:1] = True
    return np.where(chosen, int(number), values)


def fill_with_bound(end: str) -> Callable[[Array, float, ArraySpec, Case], Array]:
    def full(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
        return np.full_like(values, getattr(spec.range, end).size(case.sizes))

    return full


SHAPING: dict[str, Callable[[Array, float, ArraySpec, Case], Array]] = {
    "zero": lambda values, *_: np.zeros_like(values),
    "ones": lambda values, *_: np.ones_like(values),
    "onehot": make_onehot,
    "rows": repeat_along("B"),
    "steps": repeat_along("T"),
    "zerorow": zero_one_row,
    "identity": make_identity,
    "symmetric": mirror_blocks,
    "tails": stretch_tails,
    "around": surround_number,
    "times": lambda values, number, *_: values * number,
    "low": fill_with_bound("low"),
    "high": fill_with_bound("high"),
    "equal": lambda values, *_: np.full_like(values, values.flat[0]),
    "sorted": lambda values, *_: np.sort(values, axis=None).reshape(values.shape),
    "has": insert_integer,
    "false": lambda values, *_: np.zeros_like(values),
    "true": lambda values, *_: np.ones_like(values),
}
