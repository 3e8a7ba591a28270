"""Which cases show a fault: sizes of a failing case are increased and its switches reset, as long as it still fails."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..cases.arrays import CaseArrays, draw_arrays
from ..cases.case import Case
from ..cases.shrinking import list_plainer_cases
from ..unit.subject import Subject
from .conditions import ValueCondition
from .conditions.integers import IntegerCondition, impose_conditions
from .conditions.thresholds import Threshold
from .failing import fails_check

TARGET_SIZES = {"T": 4, "B": 2}
OTHER_SIZES = (2, 3)
OTHER_SEEDS = (1, 2, 3)
NONCONTIGUOUS = ("strided", "reversed", "fortran")
FailurePredicate = Callable[[Case], bool]


def grow_case(case: Case, fails: FailurePredicate) -> Case:
    """Enlarge a failing case until it can show where the fault is, and reset switches that the fault does not need."""
    others = [letter for letter in case.sizes if letter not in TARGET_SIZES]
    target = {**TARGET_SIZES, **{letter: OTHER_SIZES[k % len(OTHER_SIZES)] for k, letter in enumerate(others)}}
    for letter, size in case.sizes.items():
        target[letter] = max(target[letter], size + 2 if letter == "T" and size > 2 else size)
    candidates = [{letter: target[letter] for letter in case.sizes}]
    candidates += [{letter: s} for letter in case.sizes for s in (target[letter], 3, 2) if s <= target[letter]]
    for sizes in candidates:
        larger = replace(case, sizes={n: max(s, sizes.get(n, s)) for n, s in case.sizes.items()})
        case = next((c for c in vary_seed(larger) if fails(c)), case)
    while (
        plain := next((c for p in list_plainer_cases(case) if p != case for c in vary_seed(p) if fails(c)), None)
    ) is not None:
        case = plain
    return case


def vary_seed(case: Case) -> Iterator[Case]:
    """Vary the seed of a case: under one seed a mask or a length may hide a fault."""
    yield from (replace(case, seed=seed) for seed in (case.seed, *OTHER_SEEDS))


def find_triggers(
    subject: Subject, check: str, case: Case, fails: FailurePredicate, conditions: Sequence[ValueCondition] = ()
) -> list[str]:
    """Find what a case must have to show the fault, beside `conditions`, in words; `case` comes from `grow_case`.

    A threshold was found at one step and small sizes, so no size is needed: larger cases only cross it more often.
    """
    integers = [c for c in conditions if isinstance(c, IntegerCondition)]

    def fails_under_a_seed(candidate: Case) -> bool:
        if any(map(fails, vary_seed(candidate))):
            return True
        forced = impose_conditions(subject, candidate, integers) if integers else []
        return any(fails_check(subject, check, c, arrays) for c, arrays in forced)

    sized = not any(isinstance(c, Threshold) for c in conditions)
    found = [*(find_size_triggers(case, fails_under_a_seed) if sized else ())]
    found += find_option_triggers(subject, case, fails_under_a_seed)
    if case.layout != "contiguous":
        every = all(fails_under_a_seed(replace(case, layout=layout)) for layout in NONCONTIGUOUS)
        found.append("non-contiguous arrays" if every else f"layout={case.layout}")
    found += ["float32"] if case.dtype == "float32" else []
    found += [f"scale={case.scale}"] if case.scale != "normal" else []
    found += ["an upstream gradient at the last step alone"] if case.upstream == "last" else []
    found += [f"upstream={case.upstream}"] if case.upstream not in ("all", "last") else []
    found += [f"calls={case.calls}"] if case.calls != "1" else []
    found += [f"one array for {' and '.join(case.same)}"] if case.same else []
    found += [f"{n} not given" for n in case.absent]
    found += [f"None as the upstream gradient of {n}" for n in case.none]
    known = {c.spec.name for c in integers}
    return found + [
        text
        for name, text, full in list_full_cases(subject, case)
        if name not in known and not any(fails_check(subject, check, *c) for c in full)
    ]


def find_size_triggers(case: Case, fails: FailurePredicate) -> list[str]:
    found = []
    for letter, size in case.sizes.items():
        smallest = find_smallest_size(size, lambda s: fails(replace(case, sizes={**case.sizes, letter: s})))  # noqa: B023
        if smallest > 1:
            found.append(f"{letter} > 1" if smallest == 2 else f"{letter} >= {smallest}")
        elif size == 1 and not any(fails(replace(case, sizes={**case.sizes, letter: s})) for s in (2, 3, 4)):
            found.append(f"{letter} = 1")
    return found


def find_smallest_size(size: int, fails: Callable[[int], bool]) -> int:
    """Find the smallest size that fails by bisection, as if all larger sizes failed."""
    low = 1
    if size == 1 or fails(1):
        return 1
    while size - low > 1:
        middle = (low + size) // 2
        low, size = (low, middle) if fails(middle) else (middle, size)
    return size


def find_option_triggers(subject: Subject, case: Case, fails: FailurePredicate) -> list[str]:
    found = []
    for name, values in subject.declaration.options.items():
        now = case.options.get(name, values[0])
        others = [v for v in values if v != now]
        rest = {n: v for n, v in case.options.items() if n != name}
        failing = [v for v in others if fails(replace(case, options=rest | ({name: v} if v != values[0] else {})))]
        if len(failing) < len(others):
            found.append(" or ".join(f"{name}={v}" for v in values if v == now or v in failing))
    return found


def list_full_cases(subject: Subject, case: Case) -> Iterator[tuple[str, str, list[tuple[Case, CaseArrays]]]]:
    """For each length or mask, list cases in which every length is the largest, or the mask is true everywhere.

    Yields the name of the input, the words for what the fault needs if none of the cases fails, and the cases.
    """
    for name, spec in subject.declaration.inputs.items():
        if name in case.absent or (not spec.counts_steps and spec.kind != "bool"):
            continue
        high = spec.range.high.size(case.sizes) if spec.range is not None else True
        drawn = [(c, draw_arrays(subject.declaration, c)) for c in vary_seed(case)]
        full = [
            (c, replace(a, inputs={**a.inputs, name: int(high) if spec.scalar else np.full_like(a.inputs[name], high)}))
            for c, a in drawn
        ]
        yield name, f"{name} below their largest" if spec.counts_steps else f"a {name} that is false somewhere", full
