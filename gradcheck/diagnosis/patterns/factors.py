"""Factors and terms: what one block of a step's gradients is of what is due, in words."""

from collections.abc import Iterator, Mapping

import numpy as np

from ...cases.arrays import Array, Arrays
from ..blocks import ArrayBlock
from ..evidence import MATCH_TOLERANCE, Evidence, agrees_to_rounding

RATIO_TEXTS = {-1.0: "the sign is wrong", 2.0: "twice what is due", 0.5: "half of what is due"}


def describe_ratios(found: Array, due: Array, pool: Mapping[str, Array]) -> Iterator[str]:
    """What the found block is of the due one: a number, a factor more or less, or one in place of another."""
    found, due = np.ravel(found), np.ravel(due)
    if not found.any():
        yield "it is zero"
        return
    if not np.isfinite(found).all() or (due == 0).any():
        return
    q = found / due
    if agrees_to_rounding(q, np.full_like(q, q[0]), 0) and q.size > 1:
        c = float(q[0])
        named = next(
            (text for value, text in RATIO_TEXTS.items() if abs(c - value) < MATCH_TOLERANCE),
            f"{c:.9g} times what is due",
        )
        yield named
        return
    names = [n for n, v in pool.items() if v.shape == q.shape and (v != 0).all()]
    if not names:
        return
    P = np.array([pool[n] for n in names])
    yield from (f"the factor {names[i]} once too often" for i in match_factors(P, q))
    yield from (f"the factor {names[i]} is missing" for i in match_factors(1 / P, q))
    quotients = P[:, None] / P[None, :]
    yield from (f"{names[i]} where {names[j]} is due" for i, j in match_factor_pairs(quotients, q))
    products = P[:, None] * P[None, :]
    yield from (
        f"the factor {names[i]} {names[j]} once too often" for i, j in match_factor_pairs(products, q) if i <= j
    )
    yield from (
        f"the factor {names[i]} {names[j]} is missing" for i, j in match_factor_pairs(1 / products, q) if i <= j
    )


def find_gate_copies(e: Evidence, block: ArrayBlock, found: Array, due: Arrays) -> Iterator[str]:
    """The gate whose gradient the block has."""
    for other in (b for b in e.columns if b.name == block.name and b.label != block.label):
        if found.any() and agrees_to_rounding(found, other.select(due[block.name]), float(np.abs(found).max())):
            yield f"what is due to {other.label}"


def describe_terms(
    found: Array, change: Array, upstream: Array, pool: Mapping[str, Array], output: str
) -> Iterator[str]:
    """What a block is, or what is added to it, as a product of the upstream gradient and one or two activations."""
    found, change = np.ravel(found), np.ravel(change)
    if change.shape != upstream.shape or not np.isfinite(change).all() or not upstream.all():
        return
    names = [n for n, v in pool.items() if v.shape == change.shape]
    q = change / upstream
    P = np.array([np.ones_like(q), *(pool[n] for n in names)])
    names = ["", *(f" {n}" for n in names)]
    products = P[:, None] * P[None, :]
    yield from (
        f"it is d{output}{names[i]}{names[j]}" for i, j in match_factor_pairs(products, found / upstream) if i <= j
    )
    for sign, text in ((-1, "is missing"), (1, "is added")):
        for i, j in match_factor_pairs(sign * products, q):
            if i <= j:
                yield f"the term d{output}{names[i]}{names[j]} {text}"
        for i, j in match_factor_pairs(sign * products, change):
            if i <= j:
                yield f"the term{names[i] or ' 1'}{names[j]}, whatever the upstream gradient, {text}"


def match_factors(values: Array, q: Array) -> list[int]:
    return [int(i) for i in np.flatnonzero((np.abs(values - q) <= MATCH_TOLERANCE * np.abs(q)).all(axis=-1))]


def match_factor_pairs(values: Array, q: Array) -> list[tuple[int, int]]:
    return [(int(i), int(j)) for i, j in np.argwhere((np.abs(values - q) <= MATCH_TOLERANCE * np.abs(q)).all(axis=-1))]
