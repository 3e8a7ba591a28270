"""Switches that designed cases have not yet met are given to cases that have none: inputs left out, None upstream."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..unit.declaration import Declaration
from .case import Case
from .choices import list_differentiable_outputs
from .vocabulary import LIKE, UPSTREAM_OF

FEW = 3
"""Of so many names, every subset is met."""
HIDING = ("zero", "false", "low", "onehot")
Names = tuple[str, ...]


def complete_switches(declaration: Declaration, cases: Sequence[Case]) -> list[Case]:
    """Give what is left out and what is None, where they have not met yet, to cases where nothing is.

    At most three of four such cases are taken.
    """
    met = {(case.absent, case.none) for case in cases}
    wanted = [pair for pair in list_switches(declaration) if pair not in met]
    completed = list(cases)
    plain = [k for k, case in enumerate(cases) if k and not case.absent and not case.none and not hides(case)]
    for place in [*plain[::2], *plain[1::4]]:
        fitting = next((pair for pair in wanted if may_lack(cases[place], *pair)), None)
        if fitting is not None:
            wanted.remove(fitting)
            completed[place] = replace(cases[place], absent=fitting[0], none=fitting[1])
    return completed


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
