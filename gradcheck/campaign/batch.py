"""A batch of cases, and what was found in it: a line of the campaign's file."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

BatchKind = Literal["drawn", "guided"]
BATCH_KINDS: tuple[BatchKind, ...] = get_args(BatchKind)
GUIDED_RUN_CASES = 100
"""Cases of a guided run: half of them are drawn, and half go up from the worst of those."""
MAX_CLOSEST_CALLS = 10


@dataclass(frozen=True)
class Batch:
    """`count` items of a unit from number `first` on: single cases that are drawn, or guided runs of RUN cases each."""

    unit: str
    kind: BatchKind
    first: int
    count: int

    @property
    def expected(self) -> int:
        """Cases, where every one can be judged."""
        return self.count * (GUIDED_RUN_CASES if self.kind == "guided" else 1)


@dataclass(frozen=True, order=True)
class CloseCall:
    """A case that passed, its regime, and its largest error over tolerance."""

    ratio: float
    scale: str
    case: str


@dataclass(frozen=True)
class FailedCase:
    """A case that did not pass: at which check, the verdict, and what is said of it."""

    case: str
    failed_check: str
    verdict: str
    headline: str


@dataclass
class BatchResult:
    """What a batch found.

    cases, skipped    how many were judged, and how many could be neither passed nor failed
    passed, total     how many of them passed, and the sum of their errors over tolerance
    closest           the closest calls: the worst few, and the worst of each regime
    fell, falls       how many fell, and the first few of each check
    seconds           that the worker took
    """

    batch: Batch
    cases: int = 0
    skipped: int = 0
    passed: int = 0
    ratio_sum: float = 0.0
    closest_calls: list[CloseCall] = field(default_factory=list)
    failed: int = 0
    failures: list[FailedCase] = field(default_factory=list)
    seconds: float = 0.0


def select_closest_calls(calls: Iterable[CloseCall]) -> list[CloseCall]:
    """The worst few of all, and the worst of each regime, the worst first.

    Cases of one error are the same numbers in another layout, of which the shortest address is kept.
    """
    shortest: dict[tuple[float, str], CloseCall] = {}
    for call in calls:
        key = call.ratio, call.scale
        shortest[key] = min(call, shortest.get(key, call), key=lambda c: (len(c.case), c.case))
    once, regimes = list(shortest.values()), dict[str, CloseCall]()
    for call in once:
        regimes[call.scale] = max(call, regimes.get(call.scale, call))
    return sorted({*heapq.nlargest(MAX_CLOSEST_CALLS, once), *regimes.values()}, reverse=True)


def select_first_failures(falls: Iterable[FailedCase]) -> list[FailedCase]:
    """The first few of each check and verdict."""
    kept: dict[tuple[str, str], list[FailedCase]] = {}
    for fall in dict.fromkeys(falls):
        few = kept.setdefault((fall.failed_check, fall.verdict), [])
        if len(few) < MAX_CLOSEST_CALLS:
            few.append(fall)
    return [fall for few in kept.values() for fall in few]
