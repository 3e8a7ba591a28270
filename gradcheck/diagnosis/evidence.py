"""One case in float64: the gradients of manual, and those of the reference, for any upstream gradient."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays, CaseArrays, apply_layout, draw_arrays
from ..cases.case import Case
from ..execution.run import Run
from ..judges.oracle import Upstream
from ..unit.subject import Subject
from . import blocks
from .blocks import ArrayBlock

MATCH_TOLERANCE = 2.0**-36
"""Gradients are the same if they differ by less than this share of their largest entry."""


def agrees_to_rounding(a: Array, b: Array, scale: float) -> bool:
    """Whether two blocks are equal up to rounding; `scale` is the size of the numbers they are computed from."""
    with np.errstate(all="ignore"):
        error = np.abs(a - b).max(initial=0.0)
        own = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return bool(error <= MATCH_TOLERANCE * own + 2.0**-46 * scale)


class Evidence:
    """A case of a subject with its arrays in float64; everything is computed when it is first asked for."""

    def __init__(self, subject: Subject, case: Case, arrays: CaseArrays | None = None) -> None:
        """Take the arrays of the case, or those given.  The case must be one in float64."""
        self.subject, self.case, self.declaration = subject, case, subject.declaration
        self.run = Run(subject, case, arrays or draw_arrays(subject.declaration, case))
        self.inputs: Mapping[str, Any] = self.run.inputs
        self.upstream: dict[str, Array] = {n: u for n, u in self.run.upstream.items() if u is not None}
        self.names = self.run.differentiable

    @cached_property
    def rows(self) -> list[ArrayBlock]:
        return blocks.cut_outputs(self.declaration, self.case.sizes, [*self.upstream])

    @cached_property
    def columns(self) -> list[ArrayBlock]:
        return blocks.cut_inputs(self.declaration, self.case.sizes, self.names)

    @cached_property
    def backward(self) -> Callable[[Upstream], Arrays]:
        return self.run.forward()[1]

    def complete_upstream(self, upstream: Mapping[str, Array]) -> Upstream:
        laid = {n: apply_layout(u, self.case.layout_of(n)) for n, u in upstream.items()}
        return {n: laid.get(n) for n in self.declaration.outputs}

    def pull_back(self, upstream: Mapping[str, Array]) -> Arrays:
        """Compute manual's gradients; an output that is left out has None as its upstream gradient."""
        gradients = self.backward(self.complete_upstream(upstream))
        return {n: np.array(gradients[n]) for n in self.names}

    def compute_expected(self, upstream: Mapping[str, Array]) -> Arrays:
        """Compute the gradients of the reference by autograd; without one, those of the forward by complex step."""
        return self.run.oracle.differentiate({n: upstream.get(n) for n in self.declaration.outputs})

    @cached_property
    def gradients(self) -> Arrays:
        return self.pull_back(self.upstream)

    @cached_property
    def expected(self) -> Arrays:
        return self.compute_expected(self.upstream)

    def mask_upstream(self, row: ArrayBlock) -> dict[str, Array]:
        """Keep the upstream gradient of one block of one output, zeros elsewhere."""
        masked = np.zeros_like(self.upstream[row.name])
        row.select(masked)[...] = row.select(self.upstream[row.name])
        return {row.name: masked}

    def find_wrong_blocks(self) -> list[ArrayBlock]:
        """Find the blocks in which manual's gradient differs from the reference's."""
        return [b for b in self.columns if not self.matches(b, self.expected)]

    def matches(self, block: ArrayBlock, predicted: Arrays) -> bool:
        """Whether a block of manual's gradients is as predicted, up to rounding."""
        found, wanted = self.gradients[block.name], predicted[block.name]
        scale = max((float(np.abs(a).max(initial=0.0)) for a in (self.expected[block.name], wanted)), default=0.0)
        return agrees_to_rounding(block.select(found), block.select(wanted), scale)
