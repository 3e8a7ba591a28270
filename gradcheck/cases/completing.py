"""What designed cases have not yet met is given to cases that are made for something else.

Sizes between those that tiles have, inputs that are left out, and upstream gradients that are None.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..unit.declaration import Declaration
from .case import Case
from .choices import list_differentiable_outputs, list_kind_names
from .fitting import count_entries, fits
from .literals import NOTHING
from .vocabulary import LIKE, UPSTREAM_OF

FEW = 3
"""Of so many names, every subset is met."""
HIDING = ("zero", "false", "low", "onehot")
SHORT = (5, 6, 10, 11, 13, 14, 12, 15, 22, 21, 18, 19, 20, 23)
LONG = (5, 6, 22, 10, 13, 30, 11, 14, 21, 49, 15, 12, 19, 20, 18, 23, 37, 26, 29, 25, 31, 24, 27, 28)
"""Numbers of steps: every remainder by 8 is soon met, and every size from 18 to 31."""
SMALLEST, LARGEST = 2, 4
"""Sizes that are only small, which others may take the place of."""
SHAPED = ("identity", "symmetric", "causal", "rising", "falling", "distinct", "sorted", LIKE)
"""Values that are what their names say at some sizes only."""
LOUD = ("tails", "around", "times", "raised", "lowered")
"""Values that many steps would make too large."""
MOST_ENTRIES = 2_000
Names = tuple[str, ...]


def complete_cases(declaration: Declaration, cases: Sequence[Case], aimed: Sequence[Case]) -> list[Case]:
    """Complete cases, but for those that are aimed at something of their own and the first, the simplest."""
    completed = list(cases)
    for complete in (complete_values, complete_sizes, complete_switches):
        free = [k for k, case in enumerate(completed) if k and case not in aimed]
        for place, case in zip(free, complete(declaration, [completed[k] for k in free], completed), strict=True):
            completed[place] = case
    return completed


def complete_switches(declaration: Declaration, cases: Sequence[Case], known: Sequence[Case]) -> list[Case]:
    """Give what is left out and what is None, where they have not met yet, to cases where nothing is.

    At most three of four such cases are taken.
    """
    met = {(case.absent, case.none) for case in known}
    wanted = [pair for pair in list_switches(declaration) if pair not in met]
    completed = list(cases)
    plain = [k for k, case in enumerate(cases) if not case.absent and not case.none and not hides(case)]
    for place in [*plain[::2], *plain[1::4]]:
        fitting = next((pair for pair in wanted if may_lack(cases[place], *pair)), None)
        if fitting is not None:
            wanted.remove(fitting)
            completed[place] = replace(cases[place], absent=fitting[0], none=fitting[1])
    return completed


def complete_values(declaration: Declaration, cases: Sequence[Case], known: Sequence[Case]) -> list[Case]:
    """Give each input the quiet values that it has not had, in cases of other values, one more in each."""
    completed = list(cases)
    met = {pair for case in known for pair in case.values}
    quiet = [(n, kind) for n, i in declaration.inputs.items() for kind in list_kind_names(i, NOTHING)]
    wanted = [pair for pair in quiet if pair not in met and not pair[1].startswith((*HIDING, *LOUD))]
    places = [k for k, case in enumerate(cases) if case.values and case.scale == "normal" and not hides(case)]
    for place in reversed(places):
        case = completed[place]
        taken = {*list_named(case), *case.absent, *case.same}
        pair = next((pair for pair in wanted if pair[0] not in taken), None)
        if pair is not None:
            wanted.remove(pair)
            completed[place] = replace(case, values=(*case.values, pair))
    return completed


def complete_sizes(declaration: Declaration, cases: Sequence[Case], known: Sequence[Case]) -> list[Case]:
    """Give each letter sizes that it has not had, in cases where its size is small and does not matter."""
    completed = list(cases)
    for letter in declaration.letters:
        met = {case.sizes[letter] for case in known}
        wanted = [size for size in (LONG if letter == "T" else SHORT) if size not in met]
        places = [k for k, case in enumerate(completed) if is_free(case, letter)]
        for place in [k for turn, k in enumerate(places) if turn % 4]:
            case = completed[place]
            size = next((n for n in wanted if is_cheap(declaration, {**case.sizes, letter: n})), None)
            if size is not None:
                completed[place] = replace(case, sizes={**case.sizes, letter: size})
                wanted.remove(size)
    return completed


def is_free(case: Case, letter: str) -> bool:
    """Whether a case is made for values or a layout that show at any size of a letter."""
    fixed = (*SHAPED, *LOUD) if letter == "T" else SHAPED
    valued = case.values or case.layout != "contiguous"
    plain = case.calls == "1" and case.scale == "normal" and not case.same
    return (
        bool(valued)
        and plain
        and SMALLEST <= case.sizes[letter] <= LARGEST
        and not any(k.startswith(fixed) for _, k in case.values)
    )


def is_cheap(declaration: Declaration, sizes: Mapping[str, int]) -> bool:
    return fits(declaration, sizes) and count_entries(declaration, sizes) <= MOST_ENTRIES


def list_switches(declaration: Declaration) -> list[tuple[Names, Names]]:
    """List what is left out together with what is None: each first with nothing else, then all pairs."""
    names = list_differentiable_outputs(declaration)
    absent = list_subsets(declaration.optional)
    none = [some for some in list_subsets(names) if len(some) < len(names)]
    single = [(some, ()) for some in absent] + [((), some) for some in none]
    return list(dict.fromkeys([*single, *itertools.product(absent, none)]))


def list_subsets(names: Names) -> list[Names]:
    """List every subset of few names; else none, all, each, all but each, and each two."""
    if len(names) <= FEW:
        return [some for count in range(len(names) + 1) for some in itertools.combinations(names, count)]
    rest = [tuple(n for n in names if n != name) for name in names]
    return [(), names, *((n,) for n in names), *rest, *itertools.combinations(names, 2)]


def may_lack(case: Case, absent: Names, none: Names) -> bool:
    """Whether a case says nothing of the inputs that would be left out, and of the upstream gradients that are None."""
    said = {*list_named(case), *case.same}
    return 0 not in case.sizes.values() and not said & {*absent, *(f"{UPSTREAM_OF}{n}" for n in none)}


def hides(case: Case) -> bool:
    """Whether gradients are zero by the values of a case, so that a fault in them would not show."""
    return any(kind in HIDING for _, kind in case.values)


def list_named(case: Case) -> Iterator[str]:
    """The arrays whose values a case names, and those whose numbers they are."""
    names: Iterable[tuple[str, str]] = case.values
    for name, kind in names:
        yield name
        yield kind.removeprefix(LIKE)
