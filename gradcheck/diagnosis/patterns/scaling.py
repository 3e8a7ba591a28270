"""Gradients that are a multiple of the right one, clipped, or transposed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from ...cases.arrays import Array, Arrays
from ..evidence import Evidence
from .pattern import GradientPattern, round_factor

FACTOR_TEXTS = {
    0.0: "it is zero",
    -1.0: "the sign is wrong",
    2.0: "twice the right gradient",
    0.5: "half of the right gradient",
}
MEANS = {
    "B": " (a mean over the batch in place of the sum)",
    "T": " (a mean over the steps in place of the sum)",
}


@dataclass(frozen=True)
class Scaled(GradientPattern):
    """Every entry is multiplied by the same number."""

    factor: float

    def __str__(self) -> str:
        return FACTOR_TEXTS.get(self.factor, f"{self.factor:.9g} times the right gradient")

    def predict(self, e: Evidence) -> Arrays:
        return {n: self.factor * g for n, g in e.expected.items()}


@dataclass(frozen=True)
class ScaledBySize(GradientPattern):
    """Every entry is multiplied by a power of a size, or of a product of sizes."""

    letters: tuple[str, ...]
    power: float

    def __str__(self) -> str:
        sizes = "*".join(self.letters)
        verb = "divided" if self.power < 0 else "multiplied"
        mean = MEANS.get(sizes, "") if self.power == -1 else ""
        return f"{verb} by {sizes if abs(self.power) == 1 else f'the square root of {sizes}'}{mean}"

    def predict(self, e: Evidence) -> Arrays:
        factor = prod(e.case.sizes[letter] for letter in self.letters) ** self.power
        return {n: g * factor for n, g in e.expected.items()}


@dataclass(frozen=True)
class Transposed(GradientPattern):
    """Square matrices are transposed."""

    def __str__(self) -> str:
        return "the transpose of the right gradient"

    def predict(self, e: Evidence) -> Arrays:
        return {n: g.T for n, g in e.expected.items() if g.ndim == 2 and g.shape[0] == g.shape[1]}


@dataclass(frozen=True)
class ClippedEntries(GradientPattern):
    """Entries are clipped at a limit."""

    limit: float

    def __str__(self) -> str:
        return f"clipped to +-{self.limit:.9g}"

    def predict(self, e: Evidence) -> Arrays:
        return {n: np.clip(g, -self.limit, self.limit) for n, g in e.expected.items() if g.dtype.kind == "f"}


@dataclass(frozen=True)
class ClippedNorm(GradientPattern):
    """Gradients are clipped to a norm: each by its own norm, or with `joint` all by their common norm."""

    limit: float
    joint: bool

    def __str__(self) -> str:
        return f"clipped to a norm of {self.limit:.9g}{', that of all gradients together' if self.joint else ''}"

    def predict(self, e: Evidence) -> Arrays:
        norms = {n: measure_norm({n: g}) for n, g in e.expected.items()}
        whole = measure_norm(e.expected)
        return {n: g * shrink_factor(self.limit, whole if self.joint else norms[n]) for n, g in e.expected.items()}


def measure_norm(gradients: Mapping[str, Array]) -> float:
    return float(np.sqrt(sum((np.abs(g) ** 2).sum() for g in gradients.values())))


def shrink_factor(limit: float, norm: float) -> float:
    return limit / norm if norm > limit else 1.0


def list_scaling_faults(e: Evidence) -> Iterator[GradientPattern]:
    """List factors that have a name, such as the batch size."""
    yield from (Scaled(factor) for factor in FACTOR_TEXTS)
    sizes = [letter for letter in ("B", "T", *e.case.sizes) if e.case.sizes.get(letter, 1) > 1]
    for letter in dict.fromkeys(sizes):
        yield from (ScaledBySize((letter,), power) for power in (-1, 1, -0.5, 0.5))
    if {"T", "B"} <= {*sizes}:
        yield ScaledBySize(("T", "B"), -1)
    yield Transposed()


def list_clipping_faults(e: Evidence) -> Iterator[GradientPattern]:
    """List clippings: a limit would be the largest entry, or the norm, of a wrong gradient."""
    found = {b.name: e.gradients[b.name] for b in e.find_wrong_blocks()}
    found = {n: g for n, g in found.items() if np.isfinite(g).all() and g.any()}
    tops = {n: float(np.abs(g).max()) for n, g in found.items() if g.dtype.kind == "f"}
    cut = [top for n, top in tops.items() if float(np.abs(e.expected[n]).max()) > top]
    yield from (ClippedEntries(limit) for limit in dict.fromkeys(map(round_factor, cut)))
    norms = [measure_norm({n: g}) for n, g in found.items()]
    yield from (ClippedNorm(limit, joint=False) for limit in dict.fromkeys(map(round_factor, norms)))
    if found:
        yield ClippedNorm(round_factor(measure_norm(e.gradients)), joint=True)


def list_constant_factors(e: Evidence) -> Iterator[GradientPattern]:
    """List other factors, as measured in each wrong block."""
    factors = []
    for block in e.find_wrong_blocks():
        found, expected = block.select(e.gradients[block.name]), block.select(e.expected[block.name])
        norm = float((np.abs(expected) ** 2).sum())
        if norm > 0 and block.step is None and np.isfinite(found).all():
            factors.append(round_factor(float((found * np.conj(expected)).sum().real) / norm))
    yield from (Scaled(factor) for factor in dict.fromkeys(factors))
