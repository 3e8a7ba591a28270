"""The designed cases of large sizes: all at once, one at a time, many steps, and none.

Each comes with a row of a covering array of the switches.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..unit.declaration import Declaration
from .case import Case
from .choices import (
    Values,
    is_length,
    list_absent_choices,
    list_layout_choices,
    list_none_choices,
    list_zero_states,
)
from .covering import cover_pairs
from .designed_limits import list_alone_cases, list_block_cases, list_limit_cases
from .designed_pairs import list_pair_cases
from .fitting import count_entries, fits
from .literals import Literals
from .merging import interleave, merge_streams

Sizes = dict[str, int]
LARGE = (9, 17, 33, 65, 8, 16, 64, 7)
APART = 3
"""How far apart in LARGE the sizes of two neighbouring letters are."""
ALONE = (65, 17, 33, 9)
LONG = (9, 17, 33, 65, 129, 257, 8, 16, 64, 128, 256, 7)
LONGEST_LAST = (127, 255)
"""Lengths that come last: they take the longest, and show little that one step more does not show."""
SMALL = (2, 3, 1, 2, 4)
MOST_ENTRIES = 40_000
"""No designed case has more numbers in its inputs and outputs together."""
MOST_WITH_STEPS = 10_000
"""Numbers of a case with all sizes large: where it fails they are computed to sixty digits, which takes long."""
FEW_STEPS = 65
MOST_LITERALS = 6
STRIDE = 5
"""Neighbouring rows of a covering array are alike, so rows are taken at this distance."""
MOST_AT_ONCE = 20
"""For larger integers, a recurrence with every size large would be slow, though it has few numbers."""


def is_affordable(declaration: Declaration, sizes: Mapping[str, int], most: int = MOST_ENTRIES) -> bool:
    return fits(declaration, sizes) and count_entries(declaration, sizes) <= most


def list_sized_cases(declaration: Declaration, literals: Literals) -> list[Case]:
    """Large sizes, each with a row of switches; rows that are left over get small sizes."""
    rows = cover_switches(declaration)
    sizes = [s for s in list_large_sizes(declaration, literals) if is_affordable(declaration, s)]
    single = [*list_block_cases(declaration), *list_alone_cases(declaration)]
    single = [c for c in single if is_affordable(declaration, c.sizes)]
    ordinary = [make_sized_case(declaration, s, rows[k % len(rows)], k) for k, s in enumerate(sizes)]
    return [*list_aimed_cases(declaration, literals), *merge_streams((ordinary, single))]


def list_aimed_cases(declaration: Declaration, literals: Literals) -> list[Case]:
    """Cases at what the source names: conditions, each and together, and limits."""
    asked = [
        Case({**choose_small_sizes(declaration, k), **c.sizes}, none=c.none, absent=c.absent)
        for k, c in enumerate(literals.conditions)
    ]
    found = [*asked, *list_limit_cases(declaration, literals), *list_pair_cases(declaration, literals)]
    return [c for c in found if is_affordable(declaration, c.sizes)]


def make_sized_case(declaration: Declaration, sizes: Sizes, row: Mapping[str, Any], turn: int) -> Case:
    """In two of three cases states are zero; where the number of steps is odd, masks and lengths keep everything.

    There are few empty cases, so that nothing is left out there.
    """
    if 0 in sizes.values():
        row = {**row, "absent": ()}
    switches = {n: v for n, v in row.items() if n not in declaration.options}
    options = {n: v for n, v in row.items() if n in declaration.options and v != declaration.options[n][0]}
    zero = list_zero_states(declaration) if turn % 3 else ()
    kept = list_keeping_values(declaration) if sizes.get("T", 0) % 2 else ()
    values = tuple((n, kind) for n, kind in (*zero, *kept) if n not in row["absent"])
    return Case(sizes, **switches, values=values, options=options)


def list_keeping_values(declaration: Declaration) -> Values:
    """The values of masks and lengths that keep everything."""
    kinds = {n: "true" if i.kind == "bool" else "high" for n, i in declaration.inputs.items() if not i.floating}
    return tuple((n, k) for n, k in kinds.items() if k == "true" or is_length(declaration.inputs[n], declaration))


def cover_switches(declaration: Declaration) -> list[dict[str, Any]]:
    """Make rows of switches in which any two choices meet, the row without switches first."""
    choices: dict[str, Sequence[Any]] = {
        "layout": list_layout_choices(declaration),
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


def choose_plural_sizes(declaration: Declaration, turn: int) -> Sizes:
    """Small sizes, none of them 1, since an axis of size 1 has no stride that could be handled wrongly."""
    return {letter: max(size, 2) for letter, size in choose_small_sizes(declaration, turn).items()}


def list_large_sizes(declaration: Declaration, literals: Literals) -> Iterator[Sizes]:
    """Sizes around each integer of the source, then those that tiles and chunks have; long, and empty."""
    for n in literals.telling[:MOST_LITERALS]:
        yield from list_literal_sizes(declaration, n)
    others = [letter for letter in declaration.letters if letter != "T"]
    wide = [sizes for turn in range(len(LARGE)) for sizes in list_wide_sizes(declaration, turn)]
    alone = [{letter: ALONE[k % len(ALONE)]} for k, letter in enumerate(others)]
    empty = [{letter: 0} for letter in declaration.letters]
    long = [{"T": T} for T in LONG] if "T" in declaration.letters else []
    for turn, large in enumerate(interleave(long, interleave(wide, [*alone, *empty]))):
        small = choose_small_sizes(declaration, turn) | large
        yield choose_long_sizes(declaration, large["T"]) if large.get("T", 0) > FEW_STEPS else small


def list_wide_sizes(declaration: Declaration, turn: int) -> list[Sizes]:
    """Every letter but T large; every second one, then the others, where arrays would have too many numbers."""
    others = [letter for letter in declaration.letters if letter != "T"]
    found = {letter: LARGE[(turn + APART * k) % len(LARGE)] for k, letter in enumerate(others)}
    most = MOST_WITH_STEPS if "T" in declaration.letters else MOST_ENTRIES
    if is_affordable(declaration, choose_small_sizes(declaration, turn) | found, most):
        return [found] if found else []
    return [{x: found[x] for x in some} for some in (others[::2], others[1::2]) if some]


def choose_long_sizes(declaration: Declaration, steps: int) -> Sizes:
    """Many steps of one row.  Other letters are 3, since two numbers become equal and opposite when normalized."""
    return {letter: {"T": steps, "B": 1}.get(letter, 3) for letter in declaration.letters}


def list_literal_sizes(declaration: Declaration, n: int) -> list[Sizes]:
    """n + 1, 2 n + 1, n and n - 1 for every letter: all at once where that is cheap, else T apart, or each."""
    around, letters = (n + 1, 2 * n + 1, n, n - 1), declaration.letters
    turns = range(len(around))
    once = [{letter: around[(turn + k) % len(around)] for k, letter in enumerate(letters)} for turn in turns]
    steps = [{"T": sizes["T"]} for sizes in once if "T" in sizes]
    others = [{letter: size for letter, size in sizes.items() if letter != "T"} for sizes in once]
    apart = [choose_small_sizes(declaration, k) | sizes for k, sizes in enumerate((*steps, *others))]
    each = [choose_small_sizes(declaration, k) | {x: size} for size in around for k, x in enumerate(letters)]
    choices = [once, apart] if n < MOST_AT_ONCE else [apart]
    return next((some for some in choices if all(is_affordable(declaration, sizes) for sizes in some)), each)
