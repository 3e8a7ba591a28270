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
    """The worst entries of a tensor, worst first, how many are over their tolerance, and of how many."""

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
        error = np.abs(manual.astype(judge.dtype) - judge)
        ratio = np.where(error == 0, 0.0, error / tolerance)
    ratio = np.where(np.isnan(ratio), np.inf, ratio)
    limits = np.broadcast_to(tolerance, ratio.shape)
    worst = np.argsort(-ratio, axis=None, kind="stable")[:SHOWN]
    indices = [tuple(int(i) for i in np.unravel_index(k, ratio.shape)) for k in worst]
    entries = [Entry(i, manual[i].item(), judge[i].item(), float(limits[i]), float(ratio[i])) for i in indices]
    return Comparison(name, tuple(entries), int((ratio > 1).sum()), ratio.size)
