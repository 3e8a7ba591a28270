"""Thresholds: exactly those entries of a gradient are wrong where some number is above, or below, a limit.

At one step of one batch row each entry of a bias's gradient belongs to one weighted sum of a gate, and each entry of an
input's gradient to one entry of the input.  A threshold must separate wrong from right entries at some cases, and
predict them at others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ...cases.arrays import Array
from ...cases.case import Case
from ...cases.literals import read_literals
from ...unit.subject import Subject
from ..blocks import ArrayBlock
from ..evidence import Evidence
from ..patterns.formulas import Value
from ..patterns.products import WeightedSum, find_weighted_sums

SAMPLE_COUNT = 8
FEWEST = 6
"""How many entries must be wrong, and how many right, before a threshold that separates them is believed."""
FEWEST_CONFIRMED = 3
MIXED_COUNT = 4
WIDTH = 4
ENTRY_TOLERANCE = 2.0**-24
Entries = Mapping[Value, tuple[Array, Array]]
"""By value: the number of each entry, and whether the entry is wrong."""


@dataclass(frozen=True)
class Threshold:
    """A number, or its size, is above or below a limit; `exact` if the limit is a constant of the unit's source."""

    value: Value
    above: bool
    absolute: bool
    limit: float
    exact: bool

    def __str__(self) -> str:
        number = f"|{self.value}|" if self.absolute else f"{self.value}"
        return f"{number} {'>' if self.above else '<'} {'' if self.exact else 'about '}{self.limit:.3g}"

    def holds(self, values: Array) -> Array:
        numbers = np.abs(values) if self.absolute else values
        return np.asarray(numbers > self.limit if self.above else numbers < self.limit)


def find_thresholds(subject: Subject, case: Case) -> tuple[Threshold, ...]:
    """Find the thresholds that together decide which entries are wrong; none if all entries of a block are."""
    plain = replace(case, values=())
    cases = [replace(case, sizes=choose_narrow_sizes(case), seed=case.seed + k) for k in range(2 * SAMPLE_COUNT)]
    if not any(has_mixed_block(Evidence(subject, c)) for c in cases[:MIXED_COUNT]):
        return ()
    cases += [replace(plain, sizes=choose_narrow_sizes(case), seed=case.seed + k) for k in range(2 * SAMPLE_COUNT)]
    samples = [Evidence(subject, c) for c in cases]
    entries = [list_entries(e) for e in samples]
    first, second = merge_entries(entries[::2]), merge_entries(entries[1::2])
    literals = read_literals(subject.unit, subject.declaration).thresholds
    found = [t for value in first for t in separate_entries(value, *first[value], literals)[:1]]
    found = [t for t in found if t.value in second and predicts_entries(t, *second[t.value])]
    found = keep_best(found, first)
    return tuple(found) if found and explain_samples(found, samples, entries) else ()


def choose_narrow_sizes(case: Case) -> dict[str, int]:
    """Choose one step of one batch row, and other sizes large enough for several entries."""
    narrow = any(letter not in "TB" for letter in case.sizes)
    return {letter: 1 if narrow and letter in "TB" else max(size, WIDTH) for letter, size in case.sizes.items()}


def has_mixed_block(e: Evidence) -> bool:
    wrong = [find_wrong_entries(e, block) for block in e.find_wrong_blocks()]
    return any(w.any() and not w.all() for w in wrong)


def find_wrong_entries(e: Evidence, block: ArrayBlock) -> Array:
    found, expected = (np.ravel(block.select(g[block.name])) for g in (e.gradients, e.expected))
    scale = float(np.abs(expected).max(initial=0.0))
    with np.errstate(all="ignore"):
        right: Array = np.abs(found - expected) <= ENTRY_TOLERANCE * np.abs(expected) + 2.0**-46 * scale
    return np.logical_not(right)


def list_entries(e: Evidence) -> Entries:
    """List, for each value with a number for every entry of a block, these numbers and which entries are wrong."""
    result: dict[Value, tuple[Array, Array]] = {}
    made = find_weighted_sums(e)
    for block in e.columns:
        wrong = find_wrong_entries(e, block)
        for value, numbers in list_numbers(e, made, block):
            if numbers.shape == wrong.shape and numbers.dtype.kind == "f":
                known = result.get(value, (numbers, wrong))
                result[value] = (numbers, wrong | known[1])
    return result


def list_numbers(e: Evidence, made: list[WeightedSum], block: ArrayBlock) -> Iterator[tuple[Value, Array]]:
    """List the input itself and its differences to others of its shape; for a bias, weighted sums and outputs."""
    own = e.inputs[block.name]
    yield Value("input", block.name), np.ravel(block.select(own))
    for name, other in e.inputs.items():
        if name != block.name and getattr(other, "shape", None) == own.shape and other.dtype.kind == "f":
            yield Value("difference", block.name, gate=name), np.ravel(block.select(own - other))
    if block.name in {p.bias for p in made}:
        total = np.sum([p.evaluate(e) for p in made], axis=0)
        yield Value("sum", gate=block.label), np.ravel(block.select(total))
        for name, output in e.run.outputs.items():
            yield Value("output", name), np.ravel(output)


def merge_entries(samples: Iterable[Entries]) -> Entries:
    joined: dict[Value, list[tuple[Array, Array]]] = {}
    for entries in samples:
        for value, pair in entries.items():
            joined.setdefault(value, []).append(pair)
    return {
        value: (np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs]))
        for value, pairs in joined.items()
    }


def separate_entries(value: Value, numbers: Array, wrong: Array, literals: tuple[float, ...]) -> list[Threshold]:
    """List the thresholds between the wrong and the right entries, constants of the source first."""
    if min(wrong.sum(), (~wrong).sum()) < FEWEST:
        return []
    found = []
    for above, absolute in product((True, False), (False, True)):
        sizes = (np.abs(numbers) if absolute else numbers) * (1 if above else -1)
        edges = sorted(float(side) * (1 if above else -1) for side in (sizes[~wrong].max(), sizes[wrong].min()))
        if sizes[~wrong].max() < sizes[wrong].min():
            named = [t for t in literals if edges[0] <= t <= edges[1]]
            limit = named[0] if named else sum(edges) / 2
            found.append(Threshold(value, above, absolute, float(limit), bool(named)))
    return sorted(found, key=lambda t: not t.exact)


def keep_best(thresholds: Iterable[Threshold], entries: Entries) -> list[Threshold]:
    """Keep one threshold for each set of wrong entries: a constant of the source, if there is one."""
    best: dict[bytes, Threshold] = {}
    for threshold in sorted(thresholds, key=lambda t: not t.exact):
        best.setdefault(entries[threshold.value][1].tobytes(), threshold)
    return [*best.values()]


def predicts_entries(threshold: Threshold, numbers: Array, wrong: Array) -> bool:
    """Whether a threshold separates wrong from right entries, enough of each, at cases that it was not found at."""
    if min(wrong.sum(), (~wrong).sum()) < FEWEST_CONFIRMED:
        return False
    off = threshold.holds(numbers) != wrong
    near = np.abs(np.abs(numbers) - abs(threshold.limit)) <= abs(threshold.limit) / 4
    return not (off & ~(near & (not threshold.exact))).any()


def explain_samples(found: list[Threshold], samples: list[Evidence], entries: list[Entries]) -> bool:
    """Whether every entry is right where no threshold is crossed."""
    for e, own in zip(samples, entries, strict=True):
        passed = any(t.holds(own[t.value][0]).any() for t in found if t.value in own)
        if not passed and e.find_wrong_blocks():
            return False
    return True
