"""Gradients, and upstream gradients, that are at the wrong time steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...cases.arrays import Array, Arrays
from ..evidence import Evidence
from .pattern import GradientPattern

Shift = Literal["one step late", "one step early", "reversed in time"]
SHIFTS: tuple[Shift, ...] = ("one step late", "one step early", "reversed in time")


@dataclass(frozen=True)
class GradientShifted(GradientPattern):
    """The gradients of inputs with steps are shifted in time; with `around`, cyclically."""

    shift: Shift
    around: bool = False

    def __str__(self) -> str:
        return f"the right gradient, {self.shift}{', cyclically' if self.around else ''}"

    def predict(self, e: Evidence) -> Arrays:
        axes = {n: e.declaration.inputs[n].axis("T") for n in e.expected}
        timed = {n: axis for n, axis in axes.items() if axis is not None}
        return {n: shift_in_time(e.expected[n], axis, self.shift, self.around) for n, axis in timed.items()}


@dataclass(frozen=True)
class UpstreamShifted(GradientPattern):
    """The upstream gradients of outputs with steps are shifted in time."""

    shift: Shift

    def __str__(self) -> str:
        return f"the upstream gradient is read {self.shift}"

    def predict(self, e: Evidence) -> Arrays:
        axes = {n: e.declaration.outputs[n].axis("T") for n in e.upstream}
        return e.compute_expected(
            {n: u if (axis := axes[n]) is None else shift_in_time(u, axis, self.shift) for n, u in e.upstream.items()}
        )


def shift_in_time(array: Array, axis: int, shift: Shift, around: bool = False) -> Array:
    """Shift an array by one step, or reverse it; zeros come in at the end, or with `around` the other end."""
    if shift == "reversed in time":
        return np.flip(array, axis)
    late = shift == "one step late"
    result = np.roll(array, 1 if late else -1, axis)
    if not around:
        np.moveaxis(result, axis, 0)[0 if late else -1] = 0
    return result


def list_shift_faults(e: Evidence) -> Iterator[GradientPattern]:
    if e.case.sizes.get("T", 1) > 1:
        for shift in SHIFTS:
            yield GradientShifted(shift)
            if shift != "reversed in time":
                yield GradientShifted(shift, around=True)
