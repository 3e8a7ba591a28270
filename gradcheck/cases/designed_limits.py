"""The designed cases of single sizes: one letter beyond a large limit, others equal to a block, many steps of a sum."""

import math
from collections.abc import Iterator

from ..unit.declaration import Declaration
from .case import Case
from .choices import is_parameter, pair_all
from .literals import Literals

BYTE = 256
BLOCK = 3
MOST_LIMITS = 3
MOST_SUMS = 2
SUMS = (10, 500)
"""Thresholds that a sum over the steps may reach, which no ordinary number does for long."""


def list_limit_cases(declaration: Declaration, literals: Literals) -> list[Case]:
    """The cases beyond what the source names."""
    return [*list_long_cases(declaration, literals), *list_summed_cases(declaration, literals)]


def make_plain_sizes(declaration: Declaration, turn: int) -> dict[str, int]:
    """Small sizes that differ from letter to letter, by turns, none of them 1."""
    return {x: 2 + (turn + k) % 3 for k, x in enumerate(declaration.letters)}


def list_alone_cases(declaration: Declaration) -> list[Case]:
    """Each letter above 256 by itself, the others 1 or 2; integers that it bounds are the largest."""
    found = []
    for letter in (x for x in declaration.letters if x != "T"):
        sizes = make_single_sizes(declaration, letter, BYTE + 1, 1)
        bounded = [i for i in declaration.inputs.values() if i.range is not None and letter in i.range.high.letters]
        found.append(Case(sizes, values=pair_all(bounded, "high")))
    return found


def make_single_sizes(declaration: Declaration, letter: str, size: int, least: int) -> dict[str, int]:
    """One letter of this size, the others by turns one and one more."""
    return {x: least + k % 2 for k, x in enumerate(declaration.letters)} | {letter: size}


def list_block_cases(declaration: Declaration) -> list[Case]:
    """Each letter at the size of a dimension that has blocks, such as `4*H`, and all others at that size."""
    specs = (*declaration.inputs.values(), *declaration.outputs.values())
    blocks = dict.fromkeys(
        (d.factor, d.letters[0]) for spec in specs for d in spec.dimensions if d.factor > 1 and len(d.letters) == 1
    )
    found = []
    for factor, letter in blocks:
        others = [x for x in declaration.letters if x != letter]
        small = make_plain_sizes(declaration, 0) | {letter: BLOCK}
        found += [small | dict.fromkeys(some, factor * BLOCK) for some in (*((x,) for x in others), others)]
    return [Case(sizes) for sizes in found]


def list_long_cases(declaration: Declaration, literals: Literals) -> Iterator[Case]:
    """One more than each large limit of the source, for one letter; the others are 2 or 3.

    Over so many steps most products vanish.  So there is a second case for steps, where all inputs but the first are 1.
    """
    floats = [i for i in declaration.inputs.values() if i.floating]
    for n in literals.limits[:MOST_LIMITS]:
        for letter in declaration.letters:
            sizes = make_single_sizes(declaration, letter, n + 1, 2)
            yield Case(sizes)
            if letter == "T" and floats[1:]:
                yield Case(sizes, values=pair_all(floats[1:], "ones"))


def list_summed_cases(declaration: Declaration, literals: Literals) -> Iterator[Case]:
    """Twice as many steps as a threshold, with open gates and large numbers of one sign."""
    data = [i for i in declaration.inputs.values() if i.floating and i.dimensions and not is_parameter(i)]
    heights = dict.fromkeys(math.ceil(abs(t)) for t in literals.extremes if SUMS[0] <= abs(t) <= SUMS[1])
    for height in [*heights][:MOST_SUMS] if "T" in declaration.letters and data else []:
        sizes = dict.fromkeys(declaration.letters, 2) | {"T": 2 * height + 1}
        yield Case(sizes, values=pair_all(data, "raised"))
