"""All that a campaign found, unit by unit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..unit.discovery import UnitFiles
from ..verdict.as_json import finite_or_none
from .batch import (
    BATCH_KINDS,
    MAX_CLOSEST_CALLS,
    BatchKind,
    BatchResult,
    CloseCall,
    FailedCase,
    select_closest_calls,
    select_first_failures,
)
from .store import CampaignStore


@dataclass
class UnitTotals:
    """What was found of one unit; `shrunk` are the reports on the smallest cases that fell, `error` why it ended."""

    pair: UnitFiles
    skipped: int = 0
    cases: dict[BatchKind, int] = field(default_factory=lambda: dict.fromkeys(BATCH_KINDS, 0))
    passed: dict[BatchKind, int] = field(default_factory=lambda: dict.fromkeys(BATCH_KINDS, 0))
    ratios: dict[BatchKind, float] = field(default_factory=lambda: dict.fromkeys(BATCH_KINDS, 0.0))
    seconds: float = 0.0
    closest: list[CloseCall] = field(default_factory=list)
    failed: int = 0
    failures: list[FailedCase] = field(default_factory=list)
    smallest_reports: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    error: str = ""

    def add(self, results: Sequence[BatchResult]) -> None:
        """Add up batches in the order of their numbers, whichever was judged first: only few failures are kept."""
        found = sorted(results, key=lambda some: (some.batch.kind, some.batch.first))
        for some in found:
            kind = some.batch.kind
            self.skipped += some.skipped
            self.cases[kind] += some.cases
            self.passed[kind] += some.passed
            self.ratios[kind] += some.ratio_sum
            self.seconds += some.seconds
            self.failed += some.failed
        self.closest = select_closest_calls(call for some in found for call in some.closest_calls)
        self.failures = select_first_failures(fall for some in found for fall in some.failures)

    @property
    def judged(self) -> int:
        return sum(self.cases.values())

    @property
    def worst(self) -> CloseCall | None:
        return self.closest[0] if self.closest else None

    @property
    def exit_code(self) -> int:
        if self.error or any(fall.verdict == "bad declaration" for fall in self.failures):
            return 2
        return 1 if self.failed else 0

    def mean_ratio(self, kind: BatchKind) -> float:
        """Of error over tolerance, over the cases that passed."""
        return self.ratios[kind] / self.passed[kind] if self.passed[kind] else 0.0

    @property
    def messages(self) -> list[str]:
        """Why the unit cannot be judged; what fell, made smaller where that was done, and how to see it again."""
        said = [self.error] if self.error else []
        for fall in self.failures:
            if report := self.smallest_reports.get((fall.failed_check, fall.verdict)):
                said.append(report["message"] or f"{self.pair.name} fell and did not again: {fall.case}")
            else:
                again = f"  {'again':<10} {self.pair.rerun_command} --case {fall.case}"
                said.append(f"{self.pair.name} {fall.headline}\n{again}")
        return [*dict.fromkeys(said)]

    def to_dict(self) -> dict[str, Any]:
        regimes: dict[str, CloseCall] = {}
        for call in self.closest:
            regimes.setdefault(call.scale, call)
        kinds: dict[str, Any] = {
            kind: {"cases": self.cases[kind], "mean": self.mean_ratio(kind)} for kind in BATCH_KINDS
        }
        return {
            "name": self.pair.name,
            "cases": self.judged,
            "skipped": self.skipped,
            **kinds,
            "worst": finite_or_none(self.worst.ratio) if self.worst else None,
            "worst_case": self.worst.case if self.worst else None,
            "regimes": {scale: {"worst": finite_or_none(c.ratio), "case": c.case} for scale, c in regimes.items()},
            "seconds": round(self.seconds, 3),
            "failed": self.failed,
            "failures": [fall._asdict() for fall in self.failures],
            "shrunk": [*self.smallest_reports.values()],
            "error": self.error or None,
        }


def sum_by_unit(pairs: Sequence[UnitFiles], store: CampaignStore, errors: Mapping[str, str]) -> list[UnitTotals]:
    by_unit: dict[str, list[BatchResult]] = defaultdict(list)
    for found in store.results:
        by_unit[found.batch.unit].append(found)
    result = []
    for pair in pairs:
        total = UnitTotals(pair, error=errors.get(pair.name, ""))
        total.add(by_unit[pair.name])
        total.smallest_reports = {
            (rung, verdict): r for (unit, rung, verdict), r in store.shrunk.items() if unit == pair.name
        }
        result.append(total)
    return result


def merge_closest_calls(units: Sequence[UnitTotals]) -> list[tuple[str, CloseCall]]:
    """The few of all units, the closest first."""
    calls = [(total.pair.name, call) for total in units for call in total.closest]
    return sorted(calls, key=lambda named: named[1].ratio, reverse=True)[:MAX_CLOSEST_CALLS]


def campaign_to_dict(units: Sequence[UnitTotals], asked: int, interrupted: bool) -> dict[str, Any]:
    """The whole, as JSON takes it."""
    calls = merge_closest_calls(units)
    return {
        "asked": asked,
        "cases": sum(t.judged for t in units),
        "skipped": sum(t.skipped for t in units),
        "failed": sum(t.failed for t in units),
        "closest": [
            {"unit": unit, "ratio": finite_or_none(c.ratio), "scale": c.scale, "case": c.case} for unit, c in calls
        ],
        "units": [t.to_dict() for t in units],
    } | ({"interrupted": True} if interrupted else {})
