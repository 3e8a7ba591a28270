"""Which blocks of the Jacobian, of an output by an input, are wrong; decided in exact arithmetic where that applies."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from ..cases.case import Case
from ..checks.exact import MAX_EXACT_SIZE, list_upstream_names
from ..checks.exact_unit import bind_unit
from ..exact import Tie, Unsupported, build_exact_map
from ..exact.error_map import ExactStatus
from ..unit.subject import Subject
from .blocks import ArrayBlock
from .evidence import Evidence, agrees_to_rounding

MAX_EXACT_BLOCKS = 40
"""Exact maps have up to so many blocks.  Each takes a pass: larger maps would take longer than a reader waits."""
MAP_SEED_COUNT = 4
SEVERITY_ORDER: tuple[ExactStatus, ...] = ("zero", "right", "missing", "spurious", "wrong")


@dataclass(frozen=True)
class ErrorMap:
    """A status for each block of the Jacobian: `cells[row][column]`.

    rows     blocks of the outputs
    columns  blocks of the inputs
    cells    right: equal, and not zero; zero: no dependence; missing: the gradient is 0 and should not be; spurious: it
             is not 0 and should be; wrong: neither is 0, and they differ
    """

    rows: tuple[ArrayBlock, ...]
    columns: tuple[ArrayBlock, ...]
    cells: tuple[tuple[ExactStatus, ...], ...]
    arithmetic: Literal["exact", "float64"]

    def cells_at(self, rows: list[ArrayBlock], columns: list[ArrayBlock]) -> set[ExactStatus]:
        """Return the statuses in these rows and columns, without `zero`."""
        lines = [self.cells[self.row_index[row]] for row in rows]
        at = [self.column_index[column] for column in columns]
        return {line[k] for line in lines for k in at} - {"zero"}

    @cached_property
    def row_index(self) -> dict[ArrayBlock, int]:
        return {row: k for k, row in enumerate(self.rows)}

    @cached_property
    def column_index(self) -> dict[ArrayBlock, int]:
        return {column: k for k, column in enumerate(self.columns)}


def build_error_map(subject: Subject, case: Case) -> ErrorMap:
    """Make the error map of a case; with integers or masks, over several seeds: one may miss a part of the code."""
    first = Evidence(subject, case)
    if all(i.differentiable for i in subject.declaration.inputs.values()):
        return map_case(first)
    seeds = [case.seed + k for k in range(MAP_SEED_COUNT)]
    return merge_error_maps([map_case(Evidence(subject, replace(case, seed=seed))) for seed in seeds])


def merge_error_maps(tables: list[ErrorMap]) -> ErrorMap:
    """Take the worst status of each cell."""
    lines = (zip(*cells, strict=True) for cells in zip(*(t.cells for t in tables), strict=True))
    cells = tuple(tuple(max(cell, key=SEVERITY_ORDER.index) for cell in line) for line in lines)
    return replace(tables[0], cells=cells)


def map_case(evidence: Evidence) -> ErrorMap:
    sizes, count = evidence.case.sizes, len(evidence.rows) + len(evidence.columns)
    first = all(b.axis == 0 for b in (*evidence.rows, *evidence.columns))
    if first and count <= MAX_EXACT_BLOCKS and max(sizes.values(), default=0) <= MAX_EXACT_SIZE:
        try:
            return map_exactly(evidence)
        except (Unsupported, Tie, ValueError):
            pass
    return map_numerically(evidence)


def map_exactly(evidence: Evidence) -> ErrorMap:
    """Make the map in exact arithmetic.  Raises Unsupported, Tie or ValueError as the exact judge does."""
    run, pieces = evidence.run, dict[str, int]()
    for block in (*evidence.rows, *evidence.columns):
        pieces[block.name] = pieces.get(block.name, 0) + 1
    found = build_exact_map(
        bind_unit(run), run.wide_inputs, pieces, given=list_upstream_names(run), seed=evidence.case.seed
    )
    return ErrorMap(tuple(evidence.rows), tuple(evidence.columns), found.cells, "exact")


def map_numerically(evidence: Evidence) -> ErrorMap:
    """Make the map in float64: one backward of manual and one of the reference for each block of the outputs."""
    lines = []
    for row in evidence.rows:
        upstream = evidence.mask_upstream(row)
        found, expected = evidence.pull_back(upstream), evidence.compute_expected(upstream)
        lines.append(
            tuple(classify_cell(column, found[column.name], expected[column.name]) for column in evidence.columns)
        )
    return ErrorMap(tuple(evidence.rows), tuple(evidence.columns), tuple(lines), "float64")


def classify_cell(column: ArrayBlock, found: np.ndarray, expected: np.ndarray) -> ExactStatus:
    a, b = column.select(found), column.select(expected)
    scale = float(np.abs(expected).max(initial=0.0))
    if agrees_to_rounding(a, b, scale):
        return "right" if b.any() else "zero"
    return "missing" if not a.any() else "wrong" if b.any() else "spurious"
