"""Factors and terms by which one block of a step's gradients differs from the expected one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...cases.arrays import Array, Arrays
from ..blocks import ArrayBlock
from ..evidence import MATCH_TOLERANCE, Evidence, agrees_to_rounding
from .formulas import Factor, Factors
from .pattern import Pattern, round_factor
from .scaling import Scaled


@dataclass(frozen=True)
class FactorsChanged(Pattern):
    """One or two factors are there once too often, or are missing."""

    factors: tuple[Factor, ...]
    missing: bool

    def __str__(self) -> str:
        return f"the factor {format_product(self.factors)} {'is missing' if self.missing else 'once too often'}"


@dataclass(frozen=True)
class FactorReplaced(Pattern):
    """A factor is used in place of another."""

    used: Factor
    expected: Factor

    def __str__(self) -> str:
        return f"{self.used} in place of {self.expected}"


@dataclass(frozen=True)
class GateCopied(Pattern):
    """A gate has the gradient of another gate."""

    source: str

    def __str__(self) -> str:
        return f"the gradient of row block {self.source}"


@dataclass(frozen=True)
class ProductReturned(Pattern):
    """The gradient is the upstream gradient of an output times up to two factors."""

    output: str
    factors: tuple[Factor, ...]

    def __str__(self) -> str:
        return f"it is {format_product((f'd{self.output}', *self.factors))}"


@dataclass(frozen=True)
class TermChanged(Pattern):
    """A term is missing or added: up to two factors, times the upstream gradient of an output if one is named."""

    output: str
    factors: tuple[Factor, ...]
    added: bool

    def __str__(self) -> str:
        how = "added" if self.added else "missing"
        if self.output:
            return f"the term {format_product((f'd{self.output}', *self.factors))} is {how}"
        return f"the term {format_product(self.factors) or '1'}, whatever the upstream gradient, is {how}"


def format_product(factors: tuple[object, ...]) -> str:
    return " ".join(map(str, factors))


def match_ratios(found: Array, expected: Array, pool: Factors) -> Iterator[Pattern]:
    """List how a block differs from the expected one: a multiple, a factor more or less, or one in place of another."""
    found, expected = np.ravel(found), np.ravel(expected)
    if not found.any():
        yield Scaled(0.0)
        return
    if not np.isfinite(found).all() or (expected == 0).any():
        return
    q = found / expected
    if agrees_to_rounding(q, np.full_like(q, q[0]), 0) and q.size > 1:
        yield Scaled(round_factor(float(q[0])))
        return
    names = [n for n, v in pool.items() if v.shape == q.shape and (v != 0).all()]
    if not names:
        return
    P = np.array([pool[n] for n in names])
    yield from (FactorsChanged((names[i],), missing=False) for i in match_factors(P, q))
    yield from (FactorsChanged((names[i],), missing=True) for i in match_factors(1 / P, q))
    quotients, products = P[:, None] / P[None, :], P[:, None] * P[None, :]
    yield from (FactorReplaced(names[i], names[j]) for i, j in match_factor_pairs(quotients, q))
    for missing, values in ((False, products), (True, 1 / products)):
        pairs = [(i, j) for i, j in match_factor_pairs(values, q) if i <= j]
        yield from (FactorsChanged((names[i], names[j]), missing) for i, j in pairs)


def match_gates(e: Evidence, block: ArrayBlock, found: Array, expected: Arrays) -> Iterator[Pattern]:
    """Find the gate whose expected gradient the block has."""
    for other in (b for b in e.columns if b.name == block.name and b.label != block.label):
        if found.any() and agrees_to_rounding(found, other.select(expected[block.name]), float(np.abs(found).max())):
            yield GateCopied(other.label)


def match_terms(found: Array, change: Array, upstream: Array, pool: Factors, output: str) -> Iterator[Pattern]:
    """List the products of the upstream gradient and up to two factors that a block is, or that are added to it."""
    found, change = np.ravel(found), np.ravel(change)
    if change.shape != upstream.shape or not np.isfinite(change).all() or not upstream.all():
        return
    fitting = [n for n, v in pool.items() if v.shape == change.shape]
    P = np.array([np.ones_like(change), *(pool[n] for n in fitting)])
    names: list[tuple[Factor, ...]] = [(), *((n,) for n in fitting)]
    products = P[:, None] * P[None, :]

    def match(values: Array, q: Array) -> list[tuple[Factor, ...]]:
        return [names[i] + names[j] for i, j in match_factor_pairs(values, q) if i <= j]

    yield from (ProductReturned(output, factors) for factors in match(products, found / upstream))
    for sign, added in ((-1, False), (1, True)):
        yield from (TermChanged(output, factors, added) for factors in match(sign * products, change / upstream))
        yield from (TermChanged("", factors, added) for factors in match(sign * products, change))


def match_factors(values: Array, q: Array) -> list[int]:
    return [int(i) for i in np.flatnonzero((np.abs(values - q) <= MATCH_TOLERANCE * np.abs(q)).all(axis=-1))]


def match_factor_pairs(values: Array, q: Array) -> list[tuple[int, int]]:
    return [(int(i), int(j)) for i, j in np.argwhere((np.abs(values - q) <= MATCH_TOLERANCE * np.abs(q)).all(axis=-1))]
