"""Makes the address of a case that falls smaller: plainer switches first, then sizes, then the seed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from .case import SWITCHES, Case

TRIES = 200
"""No more cases than this are judged to find a smaller one."""


def shrink(case: Case, falls: Callable[[Case], bool]) -> None:
    """Go down from a case that falls to one of which no simpler neighbour falls; `falls` tells, and keeps what does."""
    tried = {str(case)}
    while len(tried) <= TRIES:
        candidate = next((c for c in simpler(case) if str(c) not in tried), None)
        if candidate is None:
            return
        tried.add(str(candidate))
        if falls(candidate):
            case = candidate


def simpler(case: Case) -> Iterator[Case]:
    """Neighbours of a case that are simpler, the simplest first."""
    plain = Case(case.sizes, case.seed)
    for start in (plain, case):
        ones = dict.fromkeys(case.sizes, 1)
        for T in (1, 2, 3):
            sizes = {**ones, "T": T} if "T" in ones else ones
            if all(sizes[letter] <= size for letter, size in case.sizes.items()):
                yield replace(start, sizes=sizes)
        yield start
    for change in resets(case):
        yield replace(case, **change)
    for letter, size in case.sizes.items():
        for smaller in below(size):
            yield replace(case, sizes={**case.sizes, letter: smaller})
    for seed in range(min(case.seed, 3)):
        yield replace(case, seed=seed)


def resets(case: Case) -> Iterator[Mapping[str, Any]]:
    """One switch, name or option taken back."""
    for switch, values in SWITCHES.items():
        yield {switch: values[0]}
    for field in ("none", "absent"):
        names = getattr(case, field)
        yield from ({field: tuple(n for n in names if n != name)} for name in names)
    for option in case.options:
        yield {"options": {n: v for n, v in case.options.items() if n != option}}


def below(size: int) -> Iterator[int]:
    """Smaller sizes: 1, 2, 3, then half-way up again and again."""
    yield from range(1, min(size, 4))
    step = size // 2
    while step and size - step > 3:
        yield size - step
        step //= 2
