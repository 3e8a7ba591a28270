"""Upstream gradients that are lost, counted twice, or replaced by something else."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from ...cases.arrays import Array, Arrays
from ..evidence import Evidence
from .pattern import GradientPattern
from .shifts import SHIFTS, UpstreamShifted

MAX_LOST_OUTPUTS = 3
UpstreamChange = Literal["counts twice", "has the wrong sign", "is ones"]
UPSTREAM_CHANGES: Mapping[UpstreamChange, Callable[[Array], Array]] = {
    "counts twice": lambda u: 2 * u,
    "is ones": np.ones_like,
    "has the wrong sign": np.negative,
}
PICKED_TEXTS = {"T": "step", "B": "batch row"}


@dataclass(frozen=True)
class UpstreamLost(GradientPattern):
    """The upstream gradients of some outputs are ignored."""

    outputs: tuple[str, ...]

    def __str__(self) -> str:
        return f"the upstream gradient of {' and '.join(self.outputs)} does not arrive"

    def predict(self, e: Evidence) -> Arrays:
        return e.compute_expected({n: u for n, u in e.upstream.items() if n not in self.outputs})


@dataclass(frozen=True)
class UpstreamChanged(GradientPattern):
    """The upstream gradient of one output is changed."""

    output: str
    change: UpstreamChange

    def __str__(self) -> str:
        if self.change == "is ones":
            return f"the size of the upstream gradient of {self.output} is ignored, as if every entry were 1"
        return f"the upstream gradient of {self.output} {self.change}"

    def predict(self, e: Evidence) -> Arrays:
        changed = UPSTREAM_CHANGES[self.change](e.upstream[self.output])
        return e.compute_expected({**e.upstream, self.output: changed})


@dataclass(frozen=True)
class UpstreamOnes(GradientPattern):
    """Ones are used in place of every upstream gradient."""

    def __str__(self) -> str:
        return "the size of the upstream gradient is ignored, as if every entry were 1"

    def predict(self, e: Evidence) -> Arrays:
        return e.compute_expected({n: np.ones_like(u) for n, u in e.upstream.items()})


@dataclass(frozen=True)
class UpstreamSigns(GradientPattern):
    """Its sign is used in place of every upstream gradient."""

    def __str__(self) -> str:
        return "only the sign of the upstream gradient counts"

    def predict(self, e: Evidence) -> Arrays:
        return e.compute_expected({n: np.sign(u) for n, u in e.upstream.items()})


@dataclass(frozen=True)
class UpstreamPicked(GradientPattern):
    """Only the first or last step, or batch row, of the upstream gradients is used."""

    letter: Literal["T", "B"]
    which: Literal["first", "last"]

    def __str__(self) -> str:
        return f"only the upstream gradient of the {self.which} {PICKED_TEXTS[self.letter]} arrives"

    def predict(self, e: Evidence) -> Arrays:
        upstream, entry = dict(e.upstream), 0 if self.which == "first" else -1
        for n, u in e.upstream.items():
            axis = e.declaration.outputs[n].axis(self.letter)
            if axis is not None:
                upstream[n] = np.zeros_like(u)
                np.moveaxis(upstream[n], axis, 0)[entry] = np.moveaxis(u, axis, 0)[entry]
        return e.compute_expected(upstream)


def list_upstream_faults(e: Evidence) -> Iterator[GradientPattern]:
    for count in range(1, min(len(e.upstream), MAX_LOST_OUTPUTS + 1)):
        yield from (UpstreamLost(lost) for lost in combinations(e.upstream, count))
    yield from (UpstreamChanged(n, change) for n in e.upstream for change in UPSTREAM_CHANGES)
    yield from (UpstreamOnes(), UpstreamSigns())
    if e.case.sizes.get("T", 1) > 1:
        yield from (UpstreamPicked("T", "first"), UpstreamPicked("T", "last"))
    if e.case.sizes.get("B", 1) > 1:
        yield from (UpstreamPicked("B", "first"), UpstreamPicked("B", "last"))
    if e.case.sizes.get("T", 1) > 1:
        yield from (UpstreamShifted(shift) for shift in SHIFTS)
