"""Values that are not random: zeros, ones, equal rows, tails, both sides of a threshold, ..."""

from collections.abc import Callable

import numpy as np

from ..unit.declaration import ArraySpec
from .case import Case
from .counted_values import (
    clear_one,
    draw_inside,
    fill_with_bound,
    insert_integer,
    insert_mostly,
    keep_later,
    keep_one,
    keep_prefixes,
    mask_later,
    repeat_mask,
    shuffle_integers,
    spread_integers,
)
from .layouts import Array
from .streams import draw_words
from .vocabulary import WITH_NUMBER

TAIL = (64.0, -64.0, 1024.0, -1024.0, 128.0, -128.0, 4096.0, -4096.0, 256.0, -256.0)
"""Sizes of the entries in the tails, row by row, so that ten rows have all of them."""
SMALL = 2.0**-12
SHIFTS = (4.0, 10.0, 6.0, 12.0, 8.0, 11.0)
"""What is added to every second entry of raised numbers: gates are driven from nearly open to fully shut.

No two such numbers are 20 apart, from where on the softplus of PyTorch is only nearly one.
"""


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


def keep_diagonal(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make each square block diagonal, of random numbers."""
    return np.asarray(values * (make_identity(values, 0.0, spec, case) != 0))


def stretch_tails(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
    """Make one entry of each row large.  Only one: two could cancel in a sum, which would then be small."""
    large = make_onehot(values, 0.0, spec, case) != 0
    tails = take_in_turn(TAIL, np.cumsum(large) - 1, spec, case).reshape(values.shape)
    return np.where(large, tails * (1 + np.abs(values) / 2), values)


def move_numbers(sign: float) -> Callable[[Array, float, ArraySpec, Case], Array]:
    """Move every second entry far from 0."""

    def move(values: Array, _: float, spec: ArraySpec, case: Case) -> Array:
        places = np.arange(values.size)
        moved = np.where(places % 2 == 0, sign * take_in_turn(SHIFTS, places // 2, spec, case), 0)
        return np.asarray(values + moved.reshape(values.shape))

    return move


def take_in_turn(numbers: tuple[float, ...], places: Array, spec: ArraySpec, case: Case) -> Array:
    """Take the number of each place, one after the other, from where the case begins."""
    first = int(draw_words(case, f"turn.{spec.name}", 1)[0]) % len(numbers)
    taken: Array = np.array(numbers)[(first + places) % len(numbers)]
    return taken


def surround_number(values: Array, number: float, spec: ArraySpec, case: Case) -> Array:
    """Put numbers on both sides of a number, none equal to it; the first two entries are on different sides."""
    relative = values.real / 4
    relative.flat[:2] = np.abs(relative.flat[:2]) * [1, -1][: relative.size]
    return np.asarray(number * (1 + relative) + 0 * values)


SHAPING: dict[str, Callable[[Array, float, ArraySpec, Case], Array]] = {
    "zero": lambda values, *_: np.zeros_like(values),
    "ones": lambda values, *_: np.ones_like(values),
    "positive": lambda values, *_: values * np.where(values.real < 0, -1, 1),
    "negative": lambda values, *_: values * np.where(values.real > 0, -1, 1),
    "onehot": make_onehot,
    "rows": repeat_along("B"),
    "steps": repeat_along("T"),
    "entries": lambda values, *_: np.repeat(values[..., :1], values.shape[-1], -1) if values.ndim else values,
    "zerorow": zero_one_row,
    "identity": make_identity,
    "symmetric": mirror_blocks,
    "diagonal": keep_diagonal,
    "near": lambda values, number, spec, case: make_identity(values, number, spec, case) + values * SMALL,
    "small": lambda values, *_: values * SMALL,
    "tails": stretch_tails,
    "raised": move_numbers(1),
    "lowered": move_numbers(-1),
    "around": surround_number,
    "times": lambda values, number, *_: values * number,
    "low": fill_with_bound("low"),
    "high": fill_with_bound("high"),
    "equal": draw_inside,
    "sorted": lambda values, *_: np.sort(values, axis=None).reshape(values.shape),
    "falling": lambda values, *_: np.sort(values, axis=None)[::-1].reshape(values.shape),
    "rising": spread_integers,
    "distinct": shuffle_integers,
    "has": insert_integer,
    "most": insert_mostly,
    "only": lambda values, number, *_: np.full_like(values, int(number)),
    "onestep": keep_one(0),
    "norow": clear_one(0),
    "nocolumn": clear_one(-1),
    "causal": mask_later,
    "prefix": keep_prefixes,
    "same": repeat_mask,
    "late": keep_later,
    "false": lambda values, *_: np.zeros_like(values),
    "true": lambda values, *_: np.ones_like(values),
}
