"""The results of a campaign, by unit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..records import UnitRecord
from ..unit.discovery import UnitFiles
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


@dataclass(frozen=True)
class KindTotals:
    """The cases of a kind, and their mean error over tolerance."""

    cases: int
    mean: float


@dataclass(frozen=True)
class UnitCall(CloseCall):
    """A close call, and its unit."""

    unit: str


@dataclass
class UnitTotals:
    """The results of one unit; `smallest_reports` are those on shrunk failures, `error` says why it was given up."""

    pair: UnitFiles
    skipped: int = 0
    cases: dict[BatchKind, int] = field(default_factory=lambda: dict.fromkeys(BATCH_KINDS, 0))
    passed: dict[BatchKind, int] = field(default_factory=lambda: dict.fromkeys(BATCH_KINDS, 0))
    ratios: dict[BatchKind, float] = field(default_factory=lambda: dict.fromkeys(BATCH_KINDS, 0.0))
    seconds: float = 0.0
    closest: list[CloseCall] = field(default_factory=list)
    failed: int = 0
    failures: list[FailedCase] = field(default_factory=list)
    smallest_reports: dict[tuple[str, str], UnitRecord] = field(default_factory=dict)
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
        self.failures = select_first_failures(failed_case for some in found for failed_case in some.failures)

    @property
    def judged(self) -> int:
        return sum(self.cases.values())

    @property
    def worst(self) -> CloseCall | None:
        return self.closest[0] if self.closest else None

    @property
    def exit_code(self) -> int:
        if any(failed_case.verdict != "bad declaration" for failed_case in self.failures):
            return 1
        return 2 if self.error or self.failed else 0

    def mean_ratio(self, kind: BatchKind) -> float:
        """Return the mean error over tolerance of the cases that passed."""
        return self.ratios[kind] / self.passed[kind] if self.passed[kind] else 0.0

    @property
    def messages(self) -> list[str]:
        """Why the unit cannot be judged; then each failure, shrunk if possible, and the command that shows it again."""
        said = [self.error] if self.error else []
        for failed_case in self.failures:
            if report := self.smallest_reports.get((failed_case.failed_check, failed_case.verdict)):
                said.append(
                    report.message
                    or f"{self.pair.name} failed once, and passed when it was judged again: {failed_case.case}"
                )
            else:
                rerun = f"  {'rerun':<10} {self.pair.rerun_command} --case {failed_case.case}"
                said.append(f"{self.pair.name} {failed_case.headline}\n{rerun}")
        return [*dict.fromkeys(said)]

    @property
    def name(self) -> str:
        return self.pair.name

    @property
    def kinds(self) -> dict[str, KindTotals]:
        return {kind: KindTotals(self.cases[kind], self.mean_ratio(kind)) for kind in BATCH_KINDS}

    @property
    def scales(self) -> dict[str, CloseCall]:
        """The closest call of each scale."""
        return {call.scale: call for call in reversed(self.closest)}

    @property
    def shrunk(self) -> list[UnitRecord]:
        return [*self.smallest_reports.values()]


@dataclass(frozen=True)
class CampaignTotals:
    """What was found of all units together; `asked` is how many cases were asked for."""

    asked: int
    cases: int
    skipped: int
    failed: int
    closest: list[UnitCall]
    units: Sequence[UnitTotals]


def sum_by_unit(pairs: Sequence[UnitFiles], store: CampaignStore, errors: Mapping[str, str]) -> list[UnitTotals]:
    by_unit: dict[str, list[BatchResult]] = defaultdict(list)
    for found in store.results:
        by_unit[found.batch.unit].append(found)
    result = []
    for pair in pairs:
        total = UnitTotals(pair, error=errors.get(pair.name, ""))
        total.add(by_unit[pair.name])
        total.smallest_reports = {
            (check, verdict): r for (unit, check, verdict), r in store.shrunk.items() if unit == pair.name
        }
        result.append(total)
    return result


def merge_closest_calls(units: Sequence[UnitTotals]) -> list[UnitCall]:
    """Merge the closest calls of all units, the closest first."""
    calls = [UnitCall(**vars(call), unit=total.name) for total in units for call in total.closest]
    return sorted(calls, key=lambda call: call.ratio, reverse=True)[:MAX_CLOSEST_CALLS]


def sum_campaign(units: Sequence[UnitTotals], asked: int) -> CampaignTotals:
    cases, skipped, failed = (sum(getattr(t, name) for t in units) for name in ("judged", "skipped", "failed"))
    return CampaignTotals(asked, cases, skipped, failed, merge_closest_calls(units), units)
