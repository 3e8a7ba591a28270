"""Which cases a fault needs: the case that fell, grown while it falls, and what of it cannot be taken back."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ..cases.arrays import CaseArrays, draw
from ..cases.case import Case
from ..cases.shrinking import plainer
from ..checks import LADDER
from ..checks.finding import Fall
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Crash, Run
from ..unit.subject import Subject

SIZES = {"T": 4, "B": 2}
OTHERS = (2, 3)
OTHER_SEEDS = (1, 2, 3)
NONCONTIGUOUS = ("strided", "reversed", "fortran")
Falls = Callable[[Case], bool]


def falls(subject: Subject, rung: str, case: Case, arrays: CaseArrays | None = None) -> bool:
    """Whether a case does not pass the rung."""
    climb = next(r.climb for r in LADDER if r.name == rung)
    try:
        climb(Run(subject, case, arrays))
    except (Fall, Crash):
        return True
    except (NotApplicable, IllConditioned, DeclarationError):
        pass
    return False


def grown(case: Case, falling: Falls) -> Case:
    """The case with sizes large enough to show where the fault is, and without the switches it does not need."""
    others = [letter for letter in case.sizes if letter not in SIZES]
    target = {**SIZES, **{letter: OTHERS[k % len(OTHERS)] for k, letter in enumerate(others)}}
    for letter, size in case.sizes.items():
        target[letter] = max(target[letter], size + 2 if letter == "T" and size > 2 else size)
    candidates = [{letter: target[letter] for letter in case.sizes}]
    candidates += [{letter: s} for letter in case.sizes for s in (target[letter], 3, 2) if s <= target[letter]]
    for sizes in candidates:
        larger = replace(case, sizes={n: max(s, sizes.get(n, s)) for n, s in case.sizes.items()})
        case = next((c for c in reseeded(larger) if falling(c)), case)
    while (plain := next((c for p in plainer(case) if p != case for c in reseeded(p) if falling(c)), None)) is not None:
        case = plain
    return case


def reseeded(case: Case) -> Iterator[Case]:
    """The case under several seeds: under one it may miss a fault by the luck of a mask or a length."""
    yield from (replace(case, seed=seed) for seed in (case.seed, *OTHER_SEEDS))


def needs(subject: Subject, rung: str, case: Case, falling: Falls) -> list[str]:
    """What the fault needs, in words; `case` is as large and as plain as it can be while it falls."""

    def ever(candidate: Case) -> bool:
        return any(map(falling, reseeded(candidate)))

    found = [*size_needs(case, ever), *option_needs(subject, case, ever)]
    if case.layout != "contiguous":
        every = all(ever(replace(case, layout=layout)) for layout in NONCONTIGUOUS)
        found.append("non-contiguous arrays" if every else f"layout={case.layout}")
    found += ["float32"] if case.dtype == "float32" else []
    found += [f"scale={case.scale}"] if case.scale != "normal" else []
    found += ["an upstream gradient at the last step alone"] if case.upstream == "last" else []
    found += [f"upstream={case.upstream}"] if case.upstream not in ("all", "last") else []
    found += [f"calls={case.calls}"] if case.calls != "1" else []
    found += [f"{name} with values={kind}" for name, kind in case.values]
    found += [f"one array for {' and '.join(case.same)}"] if case.same else []
    found += [f"{n} not given" for n in case.absent]
    found += [f"None as the upstream gradient of {n}" for n in case.none]
    return found + [text for text, full in fuller(subject, case) if not any(falls(subject, rung, *c) for c in full)]


def size_needs(case: Case, falling: Falls) -> list[str]:
    found = []
    for letter, size in case.sizes.items():
        smallest = least(size, lambda s: falling(replace(case, sizes={**case.sizes, letter: s})))  # noqa: B023
        if smallest > 1:
            found.append(f"{letter} > 1" if smallest == 2 else f"{letter} >= {smallest}")
        elif size == 1 and not any(falling(replace(case, sizes={**case.sizes, letter: s})) for s in (2, 3, 4)):
            found.append(f"{letter} = 1")
    return found


def least(size: int, falling: Callable[[int], bool]) -> int:
    """The smallest size that falls, if all above it do."""
    low = 1
    if size == 1 or falling(1):
        return 1
    while size - low > 1:
        middle = (low + size) // 2
        low, size = (low, middle) if falling(middle) else (middle, size)
    return size


def option_needs(subject: Subject, case: Case, falling: Falls) -> list[str]:
    found = []
    for name, values in subject.declaration.options.items():
        now = case.options.get(name, values[0])
        others = [v for v in values if v != now]
        rest = {n: v for n, v in case.options.items() if n != name}
        fall = [v for v in others if falling(replace(case, options=rest | ({name: v} if v != values[0] else {})))]
        if len(fall) < len(others):
            found.append(" or ".join(f"{name}={v}" for v in values if v == now or v in fall))
    return found


def fuller(subject: Subject, case: Case) -> Iterator[tuple[str, list[tuple[Case, CaseArrays]]]]:
    """The case under several seeds with every length at its most, or every entry of a mask true."""
    for name, spec in subject.declaration.inputs.items():
        counts = spec.range is not None and "T" in spec.range.high.letters
        if name in case.absent or (not counts and spec.kind != "bool"):
            continue
        high = spec.range.high.size(case.sizes) if spec.range is not None else True
        drawn = [(c, draw(subject.declaration, c)) for c in reseeded(case)]
        full = [
            (c, replace(a, inputs={**a.inputs, name: int(high) if spec.scalar else np.full_like(a.inputs[name], high)}))
            for c, a in drawn
        ]
        yield f"{name} below their largest" if counts else f"a {name} that is false somewhere", full
