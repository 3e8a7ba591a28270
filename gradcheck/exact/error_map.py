"""Where a backward pass is right: decides each block of the Jacobian, of an output by an input, exactly.

The pairing is linear on both sides, so u restricted to one block and v to another tests one block of the Jacobian. One
backward per block of u and one forward per block of v fill the whole table.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from .array import ExactArray, map_entries
from .errors import UnluckyDraw, Unsupported
from .field import Field
from .primes import draw_prime
from .probe import BlockRange, ExactProbe, ExactUnit, InputArrays, UpstreamNames

MAX_MAP_DRAWS = 16
"""How often numbers are drawn until no divisor is 0; one that always is, such as a deviation of one number, ends it."""
ExactStatus = Literal["right", "zero", "wrong", "missing", "spurious"]


@dataclass(frozen=True)
class ExactMap:
    """A status for each block of the Jacobian: `cells[row][column]`.

    rows     output, start and stop of a range of its first axis
    columns  the same of an input
    cells    right: equal, and not zero; zero: no dependence; missing: the gradient is 0 and should not be; spurious: it
             is not 0 and should be; wrong: neither is 0, and they differ
    """

    rows: tuple[tuple[str, int, int], ...]
    columns: tuple[tuple[str, int, int], ...]
    cells: tuple[tuple[ExactStatus, ...], ...]

    def wrong(self) -> list[tuple[tuple[str, int, int], tuple[str, int, int], ExactStatus]]:
        return [
            (row, column, cell)
            for row, line in zip(self.rows, self.cells, strict=True)
            for column, cell in zip(self.columns, line, strict=True)
            if cell not in ("right", "zero")
        ]


def split_first_axis(name: str, array: Any, count: int) -> list[BlockRange]:
    """Split the first axis into `count` ranges of nearly equal length; a scalar is one range."""
    length = array.shape[0] if array.ndim else 1
    count = max(1, min(count, length))
    edges = [length * k // count for k in range(count + 1)]
    return [(name, slice(a, b)) for a, b in pairwise(edges)]


def build_exact_map(
    unit: ExactUnit,
    inputs: InputArrays,
    pieces: Mapping[str, int] | None = None,
    *,
    given: UpstreamNames = None,
    seed: int = 0,
) -> ExactMap:
    """Decide, for each block of an output and each block of an input, whether the gradient is right.

    pieces  by name, into how many blocks the first axis of an input or output is cut: T for an array of time steps, 4
            for a weight of four gates.  An array that is not named stays whole
    given   the names of the outputs that receive an upstream gradient; all by default

    Raises Unsupported or Tie as the exact judge does.
    """
    source, pieces = random.Random(seed), pieces or {}
    reason = ""
    for _ in range(MAX_MAP_DRAWS):
        try:
            return _evaluate_map(
                ExactProbe(unit, inputs, Field(draw_prime(source), source.getrandbits(64)), given), pieces
            )
        except UnluckyDraw as unlucky:
            reason = str(unlucky)
    raise Unsupported(f"{reason}, in each of {MAX_MAP_DRAWS} draws")


def _evaluate_map(probe: ExactProbe, pieces: Mapping[str, int]) -> ExactMap:
    outputs, backward = probe.forward()
    upstream = probe.upstream(outputs)
    rows = [
        b
        for name in probe.list_upstream_names(outputs)
        for b in split_first_axis(name, upstream[name], pieces.get(name, 1))
    ]
    columns = [b for name in probe.variables for b in split_first_axis(name, probe.inputs[name], pieces.get(name, 1))]
    pulled = [probe.pull_back(outputs, backward, {row[0]: mask_outside(upstream[row[0]], row[1])}) for row in rows]
    pushed = [probe.forward(column)[0]._asdict() for column in columns]
    cells = tuple(
        tuple(_classify_block(probe, row, column, upstream, g, y) for column, y in zip(columns, pushed, strict=True))
        for row, g in zip(rows, pulled, strict=True)
    )
    return ExactMap(tuple(map(_get_block_range, rows)), tuple(map(_get_block_range, columns)), cells)


def _classify_block(
    probe: ExactProbe,
    row: BlockRange,
    column: BlockRange,
    upstream: InputArrays,
    gradients: InputArrays,
    outputs: InputArrays,
) -> ExactStatus:
    left = probe.pairing(take_block(upstream, row), take_block(outputs, row), [row[0]])
    right = probe.pairing(take_block(gradients, column), take_block(probe.inputs, column), [column[0]])
    forward = sum(u.value * y.tangent for u, y in left) % probe.carrier.p
    backward = sum(g.value * x.tangent for g, x in right) % probe.carrier.p
    if forward == backward:
        return "right" if forward else "zero"
    return "wrong" if forward and backward else "missing" if forward else "spurious"


def take_block(arrays: InputArrays, block: BlockRange) -> dict[str, Any]:
    return {block[0]: np.atleast_1d(np.asarray(arrays[block[0]], dtype=object))[block[1]]}


def mask_outside(array: ExactArray, kept: slice) -> ExactArray:
    """Return the array with zeros outside a range of its first axis."""
    result = map_entries(lambda e: e * 0, array)
    np.atleast_1d(result)[kept] = np.atleast_1d(np.asarray(array))[kept]
    return ExactArray.wrap(result, array.carrier)


def _get_block_range(block: BlockRange) -> tuple[str, int, int]:
    return block[0], block[1].start, block[1].stop
