"""The designed cases for exact arithmetic: small ones, and sizes above each integer of the unit's source."""

import itertools
from collections.abc import Mapping

from ..unit.declaration import Declaration
from .case import Case
from .choices import list_absent_choices, list_none_choices, list_value_choices
from .designed_sizes import Sizes, choose_small_sizes, list_keeping_values
from .fitting import count_entries, fits
from .literals import NOTHING, Literals
from .merging import merge_streams

MOST_ENTRIES = 1_500
"""Exact arithmetic takes some microseconds for each number and each product."""
STEPS = (2, 3, 1, 4)


def list_designed_exact_cases(declaration: Declaration, literals: Literals = NOTHING) -> list[Case]:
    """List a case of each kind that matters to exact arithmetic, at sizes that it can afford."""
    simplest = Case(dict.fromkeys(declaration.letters, 1))
    switched = [
        Case(choose_exact_sizes(declaration, turn), none=none, absent=absent)
        for turn, (none, absent) in enumerate(
            itertools.zip_longest(list_none_choices(declaration), list_absent_choices(declaration)[1:], fillvalue=())
        )
    ]
    valued = [
        Case(choose_exact_sizes(declaration, turn), values=values)
        for turn, values in enumerate(list_value_choices(declaration, literals))
        if all(may_decide_branch(declaration, *pair) for pair in values)
    ]
    asked = [
        Case({**choose_exact_sizes(declaration, turn), **c.sizes}, none=c.none, absent=c.absent)
        for turn, c in enumerate(literals.conditions)
    ]
    kept = list_keeping_values(declaration)
    large = [
        Case(sizes, values=() if turn % 2 else kept)
        for turn, sizes in enumerate(list_large_exact_sizes(declaration, literals))
    ]
    found = merge_streams([asked, large, switched, valued])
    return [simplest, *(case for case in found if is_payable(declaration, case.sizes))]


def may_decide_branch(declaration: Declaration, name: str, kind: str) -> bool:
    """Whether values can lead to another branch.  Else they do not matter: exact arithmetic draws its own numbers."""
    return declaration.inputs[name].kind in ("int", "bool") or kind.startswith(("zero", "ones", "around", "times"))


def choose_exact_sizes(declaration: Declaration, turn: int) -> Sizes:
    return choose_small_sizes(declaration, turn) | (
        {"T": STEPS[turn % len(STEPS)]} if "T" in declaration.letters else {}
    )


def is_payable(declaration: Declaration, sizes: Mapping[str, int]) -> bool:
    return fits(declaration, sizes) and count_entries(declaration, sizes) <= MOST_ENTRIES


def list_large_exact_sizes(declaration: Declaration, literals: Literals) -> list[Sizes]:
    """One letter above 8, above each integer of the source, and above 16, if this is affordable."""
    found = []
    for n in (8, *literals.integers, 16):
        for letter in declaration.letters:
            ones = {other: 1 + (other == "T") for other in declaration.letters}
            found.append(ones | {letter: n + 1})
    return [sizes for sizes in found if is_payable(declaration, sizes)]
