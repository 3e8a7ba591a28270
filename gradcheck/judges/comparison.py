"""Compares two tensors step by step.  What counts is the ratio error/tolerance: above 1 they differ."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..cases.arrays import Array
from ..errors import IllConditioned
from ..unit.declaration import ArraySpec
from .tolerance import ToleranceModel, reduce_to_steps

MAX_WORST_ENTRIES = 5


@dataclass(frozen=True)
class ComparedEntry:
    """One entry of a tensor that was compared: its index, both values, the tolerance, and error over tolerance."""

    index: tuple[int, ...]
    manual: complex
    judge: complex
    tolerance: float
    ratio: float


@dataclass(frozen=True, eq=False)
class TensorComparison:
    """Two tensors, their tolerance, and the ratio error/tolerance of each entry, with summaries of these."""

    spec: ArraySpec
    manual: Array
    judge: Array
    tolerance: Array
    ratios: Array

    @property
    def name(self) -> str:
        return self.spec.name

    @cached_property
    def ratio(self) -> float:
        return float(self.ratios.max(initial=0.0))

    @cached_property
    def worst(self) -> tuple[ComparedEntry, ...]:
        """The worst entries, or only the worst one if none is above tolerance."""
        return tuple(
            self.entry(k) for k in rank_worst_entries(self.ratios, MAX_WORST_ENTRIES if self.count_above else 1)
        )

    @cached_property
    def count_above(self) -> int:
        """How many entries are above tolerance."""
        return int((self.ratios > 1).sum())

    @property
    def steps(self) -> tuple[float, ...]:
        """The largest ratio of each time step; empty for a tensor without a time axis."""
        return () if self.spec.axis("T") is None else tuple(reduce_to_steps(self.spec, self.ratios).ravel().tolist())

    @property
    def entry_count(self) -> int:
        return self.ratios.size

    def entry(self, k: int) -> ComparedEntry:
        index = tuple(int(i) for i in np.unravel_index(k, self.ratios.shape))
        limit = float(np.broadcast_to(self.tolerance, self.ratios.shape)[index])
        return ComparedEntry(
            index, self.manual[index].item(), self.judge[index].item(), limit, float(self.ratios[index])
        )


def compare_tensor(
    name: str, manual: Array, judge: Array, tolerances: ToleranceModel, widen: Callable[[Array], Array] = lambda t: t
) -> TensorComparison:
    """Compare two tensors; measure rounding more precisely until luck cannot explain what is above tolerance.

    `widen` changes the tolerance, for example doubles it.

    Steps are left out if the error is within the rounding seen at points nearby.  Raises IllConditioned if error and
    rounding are infinite, and NotApplicable if a sample of the rounding is needed and none may be taken.
    """
    while True:
        result = compare_within(tolerances.specs[name], manual, judge, widen(tolerances.tolerance(name)))
        if not tolerances.refine_for(result.ratio):
            if result.ratio > 1 and (np.abs(manual - judge) <= tolerances.noise_tolerance(name)).all():
                above = reduce_to_steps(result.spec, result.ratios) > 1
                if (above & tolerances.ill_conditioned[name]).any():
                    raise IllConditioned(name)  # infinite, as the rounding is
                tolerances.leave_out(name, above)
                continue
            return result


def compare_within(spec: ArraySpec, manual: Array, judge: Array, tolerance: Array) -> TensorComparison:
    with np.errstate(all="ignore"):
        ratios = np.asarray(np.abs(manual - judge) / tolerance)
    if np.isnan(ratios.max(initial=0.0)):
        ratios[np.isnan(ratios)] = np.inf
    return TensorComparison(spec, manual, judge, tolerance, ratios)


def rank_worst_entries(ratio: Array, count: int) -> Array:
    """Return the flat indices of the largest ratios, largest first."""
    if count == 1:
        return np.array([ratio.argmax()] if ratio.size else [], int)
    return np.argsort(-ratio, axis=None, kind="stable")[:count]
