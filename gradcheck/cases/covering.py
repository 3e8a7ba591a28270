"""Covering arrays: few rows in which every two choices of different fields meet."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

Pick = tuple[str, int]


def cover_pairs(choices: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Make rows of one choice for each field, such that any two choices of two fields meet in some row.

    Greedy: each row begins with a pair that has not met yet, and gets the choices that add the most new pairs.
    """
    names = list(choices)
    open_pairs = {
        ((a, i), (b, j)): None
        for a, b in combinations(names, 2)
        for i in range(len(choices[a]))
        for j in range(len(choices[b]))
    }
    rows = []
    while open_pairs:
        picked = dict(next(iter(open_pairs)))
        for name in names:
            if name not in picked:
                gains = [gain(picked, (name, k), names, open_pairs) for k in range(len(choices[name]))]
                picked[name] = gains.index(max(gains))
        for pair in combinations([(name, picked[name]) for name in names], 2):
            open_pairs.pop(pair, None)
        rows.append({name: choices[name][picked[name]] for name in names})
    return rows


def gain(picked: Mapping[str, int], pick: Pick, names: list[str], open_pairs: Mapping[tuple[Pick, Pick], None]) -> int:
    """Count the open pairs that a choice would close together with the choices of a row so far."""
    name = pick[0]
    before = names.index(name)
    others = [(other, k) for other, k in picked.items()]
    return sum(((other, pick) if names.index(other[0]) < before else (pick, other)) in open_pairs for other in others)
