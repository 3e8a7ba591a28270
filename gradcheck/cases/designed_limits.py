"""The designed cases beyond large limits of the source: of sizes, and of what adds up over the steps."""

import math
from collections.abc import Iterator

from ..unit.declaration import Declaration
from .case import Case
from .choices import is_parameter, pair_all
from .literals import Literals

MOST_LIMITS = 3
MOST_SUMS = 2
SUMS = (10, 500)
"""Thresholds that a sum over the steps may reach, which no ordinary number does for long."""


def list_limit_cases(declaration: Declaration, literals: Literals) -> list[Case]:
    return [*list_long_cases(declaration, literals), *list_summed_cases(declaration, literals)]


def list_long_cases(declaration: Declaration, literals: Literals) -> Iterator[Case]:
    """One more than each large limit of the source, for one letter; the others are 1 or 2.

    Over so many steps most products vanish.  So there is a second case for steps, where all inputs but the first are 1.
    """
    floats = [i for i in declaration.inputs.values() if i.floating]
    for n in literals.limits[:MOST_LIMITS]:
        for turn, letter in enumerate(declaration.letters):
            sizes = {x: 1 + (turn + k) % 2 for k, x in enumerate(declaration.letters)} | {letter: n + 1}
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
