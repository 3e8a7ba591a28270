"""A batch of cases and its results: a line of the campaign's file."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

BatchKind = Literal["drawn", "guided"]
BATCH_KINDS: tuple[BatchKind, ...] = get_args(BatchKind)
GUIDED_RUN_CASES = 100
"""Cases of a guided run: one half is random, the other half starts from the worst of these."""
MAX_CLOSEST_CALLS = 10


@dataclass(frozen=True)
class Batch:
    """`count` items of a unit from number `first` on: single random cases, or guided runs of GUIDED_RUN_CASES each."""

    unit: str
    kind: BatchKind
    first: int
    count: int

    @property
    def expected(self) -> int:
        """The number of cases, if all of them can be judged."""
        return self.count * (GUIDED_RUN_CASES if self.kind == "guided" else 1)


@dataclass(frozen=True, order=True)
class CloseCall:
    """A case that passed, its scale, and its largest error over tolerance."""

    ratio: float
    scale: str
    case: str


@dataclass(frozen=True)
class FailedCase:
    """A case that failed: the check, the verdict, and the first line of the message."""

    case: str
    failed_check: str
    verdict: str
    headline: str


@dataclass
class BatchResult:
    """The results of a batch.

    cases, skipped     how many were judged, and how many were ill-conditioned
    passed, ratio_sum  how many passed, and the sum of their errors over tolerance
    closest_calls      the worst few that passed, and the worst of each scale
    failed, failures   how many failed, and the first few of each check
    seconds            that the worker took
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
    """Select the worst few of all, and the worst of each scale, the worst first.

    Cases with equal errors have the same numbers in other layouts; the one with the shortest id is kept.
    """
    shortest: dict[tuple[float, str], CloseCall] = {}
    for call in calls:
        key = call.ratio, call.scale
        shortest[key] = min(call, shortest.get(key, call), key=lambda c: (len(c.case), c.case))
    once, regimes = list(shortest.values()), dict[str, CloseCall]()
    for call in once:
        regimes[call.scale] = max(call, regimes.get(call.scale, call))
    return sorted({*heapq.nlargest(MAX_CLOSEST_CALLS, once), *regimes.values()}, reverse=True)


def select_first_failures(failed_cases: Iterable[FailedCase]) -> list[FailedCase]:
    """Select the first few of each check and verdict."""
    kept: dict[tuple[str, str], list[FailedCase]] = {}
    for failed_case in dict.fromkeys(failed_cases):
        few = kept.setdefault((failed_case.failed_check, failed_case.verdict), [])
        if len(few) < MAX_CLOSEST_CALLS:
            few.append(failed_case)
    return [one for few in kept.values() for one in few]
