"""The cases that are not left to luck, those first that are likeliest to show a fault.

Three streams are merged: large sizes, values that are not random, and memory layouts and orders of calls.
"""

from dataclasses import replace
from typing import Any

from ..unit.declaration import Declaration
from .case import Case
from .choices import list_same_inputs
from .completing import complete_cases
from .designed_sizes import (
    LONGEST_LAST,
    Sizes,
    choose_long_sizes,
    choose_plural_sizes,
    choose_small_sizes,
    is_affordable,
    list_aimed_cases,
    list_sized_cases,
)
from .designed_values import list_valued_cases
from .literals import NOTHING, Literals
from .merging import interleave, merge_streams
from .vocabulary import CALLS, LAYOUTS

MOST_DESIGNED = 95
"""So many designed cases are among the default 100."""
FEWEST_VALUED = 24
SAME_SIZES = ((17, 2), (9, 9))
MOST_SAME = 6


def list_designed_cases(declaration: Declaration, literals: Literals = NOTHING) -> list[Case]:
    """List the designed cases of a unit, the most telling first.  Only their random numbers depend on the seed."""
    simplest = Case(dict.fromkeys(declaration.letters, 1))
    steps = LONGEST_LAST if "T" in declaration.letters else ()
    last = [Case(choose_long_sizes(declaration, T)) for T in steps]
    sized, scaled = list_sized_cases(declaration, literals), list_scaled_cases(declaration)
    calls, memory = list_called_cases(declaration), list_memory_cases(declaration)
    rest = MOST_DESIGNED - len((simplest, *last, *sized, *scaled, *calls, *memory))
    valued = list_valued_cases(declaration, literals, max(rest, FEWEST_VALUED))
    merged = merge_streams((sized, valued, scaled, calls, memory))
    found = [simplest, *(c for c in (*merged, *last) if is_affordable(declaration, c.sizes))]
    first = complete_cases(declaration, found[:MOST_DESIGNED], list_aimed_cases(declaration, literals))
    return [*first, *found[MOST_DESIGNED:]]


def list_scaled_cases(declaration: Declaration) -> list[Case]:
    """Large parameters, and gradients that shrink from step to step."""
    scaled: list[dict[str, Any]] = [{"scale": "saturated"}, {"scale": "long", "upstream": "last"}] * 2
    found = []
    for turn, switches in enumerate(scaled if "float64" in declaration.dtypes else scaled[1::2]):
        sizes = choose_small_sizes(declaration, turn + 1)
        steps = (3, 24, 7, 40)[turn] if "T" in sizes else 0
        found.append(Case(sizes | ({"T": steps} if steps else {}), **switches))
    return found


def list_called_cases(declaration: Declaration) -> list[Case]:
    """Each order of calls."""
    return [Case(choose_layout_sizes(declaration, turn + 1, 3), calls=order) for turn, order in enumerate(CALLS[1:])]


def list_memory_cases(declaration: Declaration) -> list[Case]:
    """Each memory layout for all arrays, upstream gradients of one number, and one array for two inputs."""
    memory = [Case(choose_layout_sizes(declaration, k, 3), layout=layout) for k, layout in enumerate(LAYOUTS[1:])]
    for turn, upstream in enumerate(("ones", "constant", "onehot")):
        memory[-1 - turn] = replace(memory[-1 - turn], upstream=upstream)
    memory.insert(1, Case(choose_layout_sizes(declaration, 1, 9), layout="broadcast", upstream="constant"))
    twins = list(list_same_cases(declaration).values())[:MOST_SAME]
    return interleave(memory, twins)


def choose_layout_sizes(declaration: Declaration, turn: int, steps: int) -> Sizes:
    """By turns small sizes, none of them 1, and sizes above 16, above 8 where there are steps."""
    small = choose_plural_sizes(declaration, turn)
    first = 9 if "T" in small else 17
    large = {letter: steps if letter == "T" else first + k for k, letter in enumerate(small)}
    return large if turn % 2 and is_affordable(declaration, large) else small


def list_same_cases(declaration: Declaration) -> dict[tuple[str, str], Case]:
    """A case for each two inputs whose shapes agree where all letters have one size, those without steps first."""
    found: dict[tuple[str, str], Case] = {}
    for size, steps in SAME_SIZES if "T" in declaration.letters else SAME_SIZES[:1]:
        sizes = {letter: steps if letter == "T" else size for letter in declaration.letters}
        if is_affordable(declaration, sizes):
            for pair in list_same_inputs(declaration, sizes):
                found.setdefault(pair, Case(sizes, same=pair))
    return found
