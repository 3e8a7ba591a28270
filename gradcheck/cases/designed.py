"""The cases that are not left to luck, those first that are likeliest to show a fault.

Three streams are merged.  Sizes: one letter large at a time, or two, while the rest are small; each together with a
row of a covering array of all switches.  Values that are not random, at small sizes.  Memory layouts and orders of
calls, at small sizes.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..unit.declaration import Declaration
from .case import Case
from .choices import list_absent_choices, list_layout_choices, list_none_choices, list_twin_inputs, list_value_choices
from .covering import cover_pairs
from .fitting import count_entries, fits
from .literals import NOTHING, Literals
from .vocabulary import CALLS, LAYOUTS

Sizes = dict[str, int]
LARGE = (9, 17, 33, 65, 8, 16, 64, 7)
PARTNERS = (33, 16, 9, 7, 64, 17, 8, 65)
"""The sizes of a second letter beside those of LARGE: small beside a large one, so that no array has two large axes."""
LONG = (9, 17, 33, 65, 129, 257, 8, 16, 64, 128, 256, 7)
LONGEST_LAST = (127, 255)
"""Lengths that come last: they take the longest, and show little that one step more does not show."""
SMALL = (2, 3, 1, 2, 4)
MOST_ENTRIES = 40_000
"""No designed case has more numbers in its inputs and outputs together."""
FEW_STEPS = 65
MOST_LITERALS = 6
STRIDE = 5
"""Neighbouring rows of a covering array are alike, so rows are taken at this distance."""


def list_designed_cases(declaration: Declaration, literals: Literals = NOTHING) -> list[Case]:
    """List the designed cases of a unit, the most telling first.  Only their random numbers depend on the seed."""
    simplest = Case(dict.fromkeys(declaration.letters, 1))
    streams = (
        list_sized_cases(declaration, literals),
        list_valued_cases(declaration, literals),
        *list_called_cases(declaration),
    )
    last = [Case(choose_long_sizes(declaration, T)) for T in LONGEST_LAST if "T" in declaration.letters]
    return [simplest, *(c for c in (*merge_streams(streams), *last) if is_affordable(declaration, c.sizes))]


def merge_streams(streams: Sequence[Sequence[Case]]) -> list[Case]:
    """Merge streams so that any number of first cases has the same share of each stream."""
    placed = [(k / len(stream), n, case) for n, stream in enumerate(streams) for k, case in enumerate(stream)]
    return [case for _, _, case in sorted(placed, key=lambda entry: entry[:2])]


def is_affordable(declaration: Declaration, sizes: Mapping[str, int]) -> bool:
    return fits(declaration, sizes) and count_entries(declaration, sizes) <= MOST_ENTRIES


def list_sized_cases(declaration: Declaration, literals: Literals) -> list[Case]:
    """Large sizes, each with a row of switches; rows that are left over get small sizes."""
    rows = cover_switches(declaration)
    sizes = [s for s in list_large_sizes(declaration, literals) if is_affordable(declaration, s)]
    asked = [
        Case({**choose_small_sizes(declaration, k), **c.sizes}, none=c.none, absent=c.absent)
        for k, c in enumerate(literals.conditions)
    ]
    turns = range(max(len(sizes), len(rows)))
    small = [sizes[k] if k < len(sizes) else choose_small_sizes(declaration, k) for k in turns]
    return [*asked, *(Case(small[k], **split_options(rows[k % len(rows)], declaration)) for k in turns)]


def split_options(row: Mapping[str, Any], declaration: Declaration) -> dict[str, Any]:
    options = {n: v for n, v in row.items() if n in declaration.options and v != declaration.options[n][0]}
    return {n: v for n, v in row.items() if n not in declaration.options} | {"options": options}


def cover_switches(declaration: Declaration) -> list[dict[str, Any]]:
    """Make rows of switches in which any two choices meet, the row without switches first."""
    layouts = list_layout_choices(declaration)
    choices: dict[str, Sequence[Any]] = {
        "layout": (LAYOUTS[0], *layouts[1::2]),
        "upstream": ("all", "last", "ones", "constant", "huge", "tiny"),
        "dtype": declaration.dtypes,
        "none": list_none_choices(declaration),
        "absent": list_absent_choices(declaration),
        **declaration.options,
    }
    plain, *rows = cover_pairs(choices)
    return [plain, *(row for first in range(STRIDE) for row in rows[first::STRIDE])]


def choose_small_sizes(declaration: Declaration, turn: int) -> Sizes:
    """Small sizes, by turns; two or three steps."""
    others = [letter for letter in declaration.letters if letter != "T"]
    found = {letter: SMALL[(turn + k) % len(SMALL)] for k, letter in enumerate(others)} | {"T": 2 + turn % 2}
    return {letter: found[letter] for letter in declaration.letters}


def list_large_sizes(declaration: Declaration, literals: Literals) -> Iterator[Sizes]:
    """Sizes around each integer of the source, then those that tiles and chunks have; long, and empty."""
    for n in literals.integers[:MOST_LITERALS]:
        yield from list_literal_sizes(declaration, n)
    others = [letter for letter in declaration.letters if letter != "T"]
    wide = [pairs for k in range(len(LARGE)) for pairs in pair_large_letters(others, k)]
    long = [{"T": T} for T in LONG] if "T" in declaration.letters else []
    empty = [{letter: 0} for letter in ("B", "T") if letter in declaration.letters]
    in_turn = [sizes for few in itertools.zip_longest(long, wide) for sizes in few if sizes is not None]
    for turn, large in enumerate((*in_turn, *empty)):
        small = choose_small_sizes(declaration, turn) | large
        yield choose_long_sizes(declaration, large["T"]) if large.get("T", 0) > FEW_STEPS else small


def choose_long_sizes(declaration: Declaration, steps: int) -> Sizes:
    """Many steps of one row.  Other letters are 3, since two numbers become equal and opposite when normalized."""
    return {letter: {"T": steps, "B": 1}.get(letter, 3) for letter in declaration.letters}


def pair_large_letters(letters: Sequence[str], turn: int) -> Iterator[Sizes]:
    """Make each letter large, two at a time: one of the larger sizes with one of the smaller."""
    half = (len(letters) + 1) // 2
    for k in range(half):
        couple = letters[k::half]
        place = (turn + k) % len(LARGE)
        yield dict(zip(couple, (LARGE[place], PARTNERS[place]), strict=False))


def list_literal_sizes(declaration: Declaration, n: int) -> Iterator[Sizes]:
    """n + 1, 2 n + 1, n and n - 1 for every letter: of all at once where that is cheap, else one at a time."""
    around = (n + 1, 2 * n + 1, n, n - 1)
    letters = declaration.letters
    for turn in range(len(around)):
        at_once = {letter: around[(turn + k) % len(around)] for k, letter in enumerate(letters)}
        if is_affordable(declaration, at_once) and n < MOST_AT_ONCE:
            yield at_once
        else:
            yield from (choose_small_sizes(declaration, k) | {letter: around[turn]} for k, letter in enumerate(letters))


MOST_AT_ONCE = 20
"""For larger integers, a recurrence with every size large would be slow, though it has few numbers."""


def list_valued_cases(declaration: Declaration, literals: Literals) -> list[Case]:
    """Values that are not random, at two steps or one; and numbers of another scale."""
    found = []
    for turn, values in enumerate(list_value_choices(declaration, literals)):
        sizes = {letter: max(size, 2) for letter, size in choose_small_sizes(declaration, turn).items()}
        counted = any(declaration.inputs[name].kind in ("int", "bool") for name, _ in values)
        if counted and "T" in sizes:
            sizes |= {"T": 6} | ({"B": 3} if "B" in sizes else {})
        if any(kind.startswith(("times", "tails", "around")) for _, kind in values):
            sizes |= {"T": 1} if "T" in sizes else {}
        found.append(Case(sizes, values=values))
    scaled: list[dict[str, Any]] = [{"scale": "saturated"}, {"scale": "long", "upstream": "last"}] * 2
    for turn, switches in enumerate(scaled if "float64" in declaration.dtypes else scaled[1::2]):
        sizes = choose_small_sizes(declaration, turn + 1)
        steps = (3, 24, 7, 40)[turn] if "T" in sizes else 0
        found.insert(min(len(found), 3 * turn + 2), Case(sizes | ({"T": steps} if steps else {}), **switches))
    return found


def list_called_cases(declaration: Declaration) -> tuple[list[Case], list[Case]]:
    """Each order of calls; each memory layout for all arrays, and one array for two inputs."""
    calls = [Case(choose_plural_sizes(declaration, turn), calls=order) for turn, order in enumerate(CALLS[1:])]
    memory = [Case(choose_plural_sizes(declaration, turn), layout=layout) for turn, layout in enumerate(LAYOUTS[1:])]
    for turn, upstream in enumerate(("ones", "constant", "onehot")):
        memory[-1 - turn] = replace(memory[-1 - turn], upstream=upstream)
    memory.insert(1, Case(choose_plural_sizes(declaration, 0), layout="broadcast", upstream="constant"))
    twins = [
        Case(choose_plural_sizes(declaration, turn), same=pair)
        for turn, pair in enumerate(list_twin_inputs(declaration)[:4])
    ]
    return calls, [case for few in itertools.zip_longest(memory, twins) for case in few if case is not None]


def choose_plural_sizes(declaration: Declaration, turn: int) -> Sizes:
    """Small sizes, none of them 1, since an axis of size 1 has no stride that could be handled wrongly."""
    return {letter: max(size, 2) for letter, size in choose_small_sizes(declaration, turn).items()}
