"""Compares two tensors step by step; the number that decides is error over tolerance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .tolerance import Yardstick

SHOWN = 5


@dataclass(frozen=True)
class Entry:
    """One entry of a tensor that was compared: its index, both values, the tolerance, and error over tolerance."""

    index: tuple[int, ...]
    manual: complex
    judge: complex
    tolerance: float
    ratio: float


@dataclass(frozen=True)
class Comparison:
    """The worst entries of a tensor (only one, if none is over), how many are over their tolerance, and of how many."""

    name: str
    worst: tuple[Entry, ...]
    over: int
    size: int

    @property
    def ratio(self) -> float:
        return self.worst[0].ratio if self.worst else 0.0


def compare(
    name: str, manual: Array, judge: Array, yardstick: Yardstick, widen: Callable[[Array], Array] = lambda t: t
) -> Comparison:
    """Compare against a yardstick, which is sharpened until luck cannot explain what is over the tolerance.

    `widen` turns its tolerance into that of what is compared.
    """
    while True:
        result = compare_within(name, manual, judge, widen(yardstick.tolerance(name)))
        if not yardstick.more(result.ratio):
            return result


def compare_within(name: str, manual: Array, judge: Array, tolerance: Array) -> Comparison:
    with np.errstate(all="ignore"):
        error = np.abs(manual.astype(judge.dtype, copy=False) - judge)
        ratio = np.divide(error, tolerance, out=np.zeros_like(error), where=error != 0)
    ratio[np.isnan(ratio)] = np.inf
    over = int((ratio > 1).sum())
    entries = [entry(k, manual, judge, tolerance, ratio) for k in worst_of(ratio, SHOWN if over else 1)]
    return Comparison(name, tuple(entries), over, ratio.size)


def worst_of(ratio: Array, count: int) -> Array:
    """The flat indices of the largest ratios, largest first."""
    if count == 1:
        return np.array([ratio.argmax()] if ratio.size else [], int)
    return np.argsort(-ratio, axis=None, kind="stable")[:count]


def entry(k: int, manual: Array, judge: Array, tolerance: Array, ratio: Array) -> Entry:
    index = tuple(int(i) for i in np.unravel_index(k, ratio.shape))
    limit = np.broadcast_to(tolerance, ratio.shape)[index]
    return Entry(index, manual[index].item(), judge[index].item(), float(limit), float(ratio[index]))
