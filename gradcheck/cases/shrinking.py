"""Makes a failing case smaller: first its switches, then its sizes, then its seed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .case import Case, join_pairs
from .vocabulary import SWITCHES

MAX_SHRINK_TRIES = 200
"""How many cases are judged, at most, to find a smaller one."""


def shrink(case: Case, falls: Callable[[Case], bool]) -> Case:
    """Replace a failing case by a simpler one that fails too, until no simpler neighbour fails."""
    tried = {str(case)}

    def first(candidates: Iterator[Case]) -> Case | None:
        for candidate in candidates:
            if str(candidate) not in tried and len(tried) <= MAX_SHRINK_TRIES:
                tried.add(str(candidate))
                if falls(candidate):
                    return candidate
        return None

    before = None
    while case != before:
        before = case
        for simpler in (list_tiny_cases, list_plainer_cases, list_smaller_cases, list_lower_seeds):
            while (candidate := first(simpler(case))) is not None:
                case = candidate
    return case


def list_tiny_cases(case: Case) -> Iterator[Case]:
    """One to three steps with all other sizes 1, without and with the switches of the case; its sizes without them."""
    plain = Case(case.sizes, case.seed)
    for start in (plain, case):
        for T in range(1, min(case.sizes.get("T", 1), 3) + 1):
            yield replace(
                start, sizes={letter: T if letter == "T" else min(size, 1) for letter, size in case.sizes.items()}
            )
    yield plain


def list_plainer_cases(case: Case) -> Iterator[Case]:
    """One switch, name or option set back to its default."""
    for switch, values in SWITCHES.items():
        change: dict[str, Any] = {switch: values[0]}
        yield replace(case, **change)
    for layout in dict.fromkeys(case.layouts.values()):
        yield replace(case, layout=layout)
    pairs = tuple(case.layouts.items())
    for pair in pairs if len(pairs) > 1 else ():
        yield replace(case, layout=join_pairs(tuple(p for p in pairs if p != pair)))
    for pair in case.values:
        yield replace(case, values=tuple(p for p in case.values if p != pair))
    if case.same:
        yield replace(case, same=())
    for n in case.none:
        yield replace(case, none=tuple(name for name in case.none if name != n))
    for n in case.absent:
        yield replace(case, absent=tuple(name for name in case.absent if name != n))
    for n in case.options:
        yield replace(case, options={name: value for name, value in case.options.items() if name != n})


def list_smaller_cases(case: Case) -> Iterator[Case]:
    """One size replaced by 1, 2 or 3, or reduced by a half, a quarter, and so on."""
    for letter, size in case.sizes.items():
        step = size // 2
        sizes = [*range(1, min(size, 4))]
        while step:
            sizes += [size - step] if size - step > 3 else []
            step //= 2
        yield from (replace(case, sizes={**case.sizes, letter: s}) for s in sizes)


def list_lower_seeds(case: Case) -> Iterator[Case]:
    """One of the seeds 0, 1, 2."""
    yield from (replace(case, seed=seed) for seed in range(min(case.seed, 3)))
