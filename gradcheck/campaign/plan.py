"""What is still to be judged of every unit, given out in batches so that all units progress evenly."""

from collections.abc import Iterable, Sequence

from .batch import GUIDED_RUN_CASES, Batch, BatchKind, BatchResult

GUIDED_INTERVAL = 5
"""One case out of this many is guided."""
BATCH_SECONDS = 3.0
"""Seconds that a batch should take."""
FIRST_BATCH_SIZE = {"drawn": 50, "guided": 1}
"""Items of a unit's first batch, before their cost is known."""


class UnitQueue:
    """The items of one unit and kind, numbered from 0; `open` are the ranges that are not given out."""

    def __init__(self, unit: str, kind: BatchKind, items: int, done: Iterable[range]) -> None:
        self.unit, self.kind, self.items = unit, kind, items
        self.remaining = find_gaps(items, done)
        self.remaining_count = sum(map(len, self.remaining))
        self.seconds = 0.0
        self.judged = 0

    @property
    def progress(self) -> float:
        return 1 - self.remaining_count / self.items

    @property
    def next_count(self) -> int:
        """Return how many items take about BATCH_SECONDS, as far as is known."""
        if not self.judged:
            return FIRST_BATCH_SIZE[self.kind]
        return max(1, round(BATCH_SECONDS * self.judged / max(self.seconds, 1e-9)))

    def take_batch(self) -> Batch:
        some = self.remaining.pop(0)
        batch = Batch(self.unit, self.kind, some.start, min(len(some), self.next_count))
        if rest := some[batch.count :]:
            self.remaining.insert(0, rest)
        self.remaining_count -= batch.count
        return batch

    def record_result(self, found: BatchResult) -> None:
        self.seconds += found.seconds
        self.judged += found.batch.count


class CampaignPlan:
    """The queues of all units; `done` are the batches of an earlier start, which are not given out again."""

    def __init__(self, units: Sequence[str], cases: int, done: Sequence[BatchResult]) -> None:
        self.strands: dict[tuple[str, BatchKind], UnitQueue] = {}
        self.given_up: set[str] = set()
        for unit, share in zip(units, divide_cases(cases, len(units)), strict=True):
            runs = share // (GUIDED_INTERVAL * GUIDED_RUN_CASES)
            items: dict[BatchKind, int] = {"drawn": share - runs * GUIDED_RUN_CASES, "guided": runs}
            for kind, count in items.items():
                earlier = [f.batch for f in done if (f.batch.unit, f.batch.kind) == (unit, kind)]
                spans = [range(b.first, b.first + b.count) for b in earlier]
                if count:
                    self.strands[unit, kind] = UnitQueue(unit, kind, count, spans)
        for found in done:
            self.record_result(found)

    def next_batch(self) -> Batch | None:
        """Give out a batch of the queue that has progressed least; None if everything is given out."""
        waiting = [s for s in self.strands.values() if s.remaining_count and s.unit not in self.given_up]
        return min(waiting, key=lambda s: s.progress).take_batch() if waiting else None

    def record_result(self, found: BatchResult) -> None:
        """Record how long the cases of a batch took."""
        if (strand := self.strands.get((found.batch.unit, found.batch.kind))) is not None:
            strand.record_result(found)

    def give_up(self, unit: str) -> None:
        """Stop giving out batches of a unit."""
        self.given_up.add(unit)


def divide_cases(cases: int, units: int) -> list[int]:
    """Divide cases evenly; if the number grows, no unit gets fewer."""
    return [cases // units + (k < cases % units) for k in range(units)]


def find_gaps(items: int, done: Iterable[range]) -> list[range]:
    """Find the numbers below `items` that are in none of the ranges."""
    found, start = [], 0
    for some in sorted(done, key=lambda r: r.start):
        if some.start > start:
            found.append(range(start, min(some.start, items)))
        start = max(start, some.stop)
    found.append(range(start, items))
    return [some for some in found if some]
