"""The map of right and wrong: blocks of outputs against blocks of inputs, exact where exact arithmetic applies."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from ..cases.case import Case
from ..checks.exact import LARGEST, bound, upstreams
from ..exact import Tie, Unsupported, exact_map
from ..exact.error_map import Cell
from ..unit.subject import Subject
from .blocks import Block
from .evidence import Evidence, alike

MOST_BLOCKS = 40
"""Exact maps are made up to this size, a pass a block; larger ones would take longer than a reader waits."""
SEEDS = 4
WORSE: tuple[Cell, ...] = ("zero", "right", "missing", "spurious", "wrong")


@dataclass(frozen=True)
class Table:
    """cells[row][column]: right, zero, wrong, missing (only forward depends), spurious (only backward does)."""

    rows: tuple[Block, ...]
    columns: tuple[Block, ...]
    cells: tuple[tuple[Cell, ...], ...]
    arithmetic: Literal["exact", "float64"]

    def at(self, rows: list[Block], columns: list[Block]) -> set[Cell]:
        """The cells where these rows meet these columns, zeros left out."""
        lines = [self.cells[self.row_at[row]] for row in rows]
        at = [self.column_at[column] for column in columns]
        return {line[k] for line in lines for k in at} - {"zero"}

    @cached_property
    def row_at(self) -> dict[Block, int]:
        return {row: k for k, row in enumerate(self.rows)}

    @cached_property
    def column_at(self) -> dict[Block, int]:
        return {column: k for k, column in enumerate(self.columns)}


def table(subject: Subject, case: Case) -> Table:
    """Of a unit with integers or masks, over several seeds: each reaches only a part of the code."""
    first = Evidence(subject, case)
    if all(i.differentiable for i in subject.declaration.inputs.values()):
        return of_case(first)
    seeds = [case.seed + k for k in range(SEEDS)]
    return merged([of_case(Evidence(subject, replace(case, seed=seed))) for seed in seeds])


def merged(tables: list[Table]) -> Table:
    """The worst of each cell."""
    lines = (zip(*cells, strict=True) for cells in zip(*(t.cells for t in tables), strict=True))
    cells = tuple(tuple(max(cell, key=WORSE.index) for cell in line) for line in lines)
    return replace(tables[0], cells=cells)


def of_case(evidence: Evidence) -> Table:
    sizes, count = evidence.case.sizes, len(evidence.rows) + len(evidence.columns)
    first = all(b.axis == 0 for b in (*evidence.rows, *evidence.columns))
    if first and count <= MOST_BLOCKS and max(sizes.values(), default=0) <= LARGEST:
        try:
            return exact(evidence)
        except (Unsupported, Tie, ValueError):
            pass
    return numeric(evidence)


def exact(evidence: Evidence) -> Table:
    """Raises Unsupported, Tie or ValueError as the exact judge does."""
    run, pieces = evidence.run, dict[str, int]()
    for block in (*evidence.rows, *evidence.columns):
        pieces[block.name] = pieces.get(block.name, 0) + 1
    found = exact_map(bound(run), run.wide_inputs, pieces, given=upstreams(run), seed=evidence.case.seed)
    return Table(tuple(evidence.rows), tuple(evidence.columns), found.cells, "exact")


def numeric(evidence: Evidence) -> Table:
    """One backward of either side for each block of the outputs."""
    lines = []
    for row in evidence.rows:
        upstream = evidence.only(row)
        found, due = evidence.pull(upstream), evidence.due(upstream)
        lines.append(tuple(cell(column, found[column.name], due[column.name]) for column in evidence.columns))
    return Table(tuple(evidence.rows), tuple(evidence.columns), tuple(lines), "float64")


def cell(column: Block, found: np.ndarray, due: np.ndarray) -> Cell:
    a, b = column.of(found), column.of(due)
    scale = float(np.abs(due).max(initial=0.0))
    if alike(a, b, scale):
        return "right" if b.any() else "zero"
    return "missing" if not a.any() else "wrong" if b.any() else "spurious"
