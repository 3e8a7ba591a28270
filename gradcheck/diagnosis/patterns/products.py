"""The weighted sums of a step, found from the reference's gradients, and what follows from a bias's gradient."""

from dataclasses import dataclass

import numpy as np

from ...cases.arrays import Array, Arrays
from ..blocks import ArrayBlock
from ..evidence import Evidence, agrees_to_rounding


@dataclass(frozen=True)
class WeightedSum:
    """weight @ data + bias, as the reference's gradients show it."""

    bias: str
    weight: str
    data: str

    def evaluate(self, e: Evidence) -> Array:
        value: Array = e.inputs[self.weight] @ np.ravel(e.inputs[self.data]) + e.inputs[self.bias]
        return value


def find_weighted_sums(e: Evidence) -> list[WeightedSum]:
    """Find the weighted sum that each weight is in; a bias is used again only if there are too few."""
    biases = [n for n, g in e.expected.items() if g.ndim == 1]
    weights = [n for n, g in e.expected.items() if g.ndim == 2 and g.shape[:1] != (1,)]
    found: dict[str, WeightedSum] = {}
    for weight in weights:
        rows, size = e.expected[weight].shape
        free = [b for b in biases if b not in {p.bias for p in found.values()}]
        for bias in (*free, *biases):
            for data in (n for n, g in e.expected.items() if g.size == size and n not in (bias, weight)):
                outer = np.outer(e.expected[bias], e.inputs[data])
                right = len(e.expected[bias]) == rows and agrees_to_rounding(
                    outer, e.expected[weight], float(np.abs(outer).max())
                )
                if right and weight not in found:
                    found[weight] = WeightedSum(bias, weight, data)
    return [*found.values()]


def follows_from_biases(
    e: Evidence, made: list[WeightedSum], block: ArrayBlock, found: Arrays, expected: Arrays
) -> bool:
    """Whether a block follows from manual's gradients of the biases: if it is wrong, it is because these are."""
    for p in (p for p in made if p.weight == block.name):
        outer = np.outer(found[p.bias], e.inputs[p.data])
        if agrees_to_rounding(
            block.select(found[p.weight]), block.select(outer), float(np.abs(outer).max(initial=0.0))
        ):
            return True
    into = [p for p in made if p.data == block.name]
    if not into:
        return False
    change = sum((found[p.bias] - expected[p.bias]) @ e.inputs[p.weight] for p in into)
    here = found[block.name] - expected[block.name]
    scale = float(np.abs(expected[block.name]).max(initial=0.0) + np.abs(here).max(initial=0.0))
    return agrees_to_rounding(np.ravel(here), np.ravel(change), scale)
