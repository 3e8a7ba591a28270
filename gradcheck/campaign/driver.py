"""Drives a campaign: gives out batches until all are judged or the time runs out, then shrinks failures."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import DeclarationError
from ..records import UnitRecord, fill
from ..unit.discovery import UnitFiles, UsageError
from ..verdict.defect import report_defect
from .batch import Batch, FailedCase
from .plan import CampaignPlan
from .store import CampaignStore
from .tasks import UnitJob, WorkerMismatch, judge_batch, shrink_batch_failure

POLL_SECONDS = 0.5
"""Seconds between two checks of what is done."""
BATCHES_AHEAD = 2
"""Batches that each worker has: the current one, and the next."""
CampaignProgress = Callable[[str, int], None]
CheckInterrupt = Callable[[], None]


class WorkQueue(Protocol):
    """What a campaign needs of its workers: see `cluster.Cluster`."""

    @property
    def workers(self) -> int: ...

    def submit(self, task: Any, work: Callable[..., Any], *arguments: Any) -> None: ...

    def collect(self, seconds: float) -> list[tuple[Any, Any]]: ...


class CampaignDriver:
    """Judges the batches of a plan; `errors` says why a unit cannot be judged."""

    def __init__(self, pairs: Sequence[UnitFiles], seed: int, digests: dict[str, str], store: CampaignStore) -> None:
        same = tuple(digests.items())
        self.jobs = {pair.name: UnitJob(pair, seed, same) for pair in pairs}
        self.store = store
        self.errors: dict[str, str] = {}
        self.suspects: set[Batch] = set()  # which ended workers, or waited behind one that did

    def judge_plan(
        self, plan: CampaignPlan, cluster: WorkQueue, deadline: float, watch: CampaignProgress, check: CheckInterrupt
    ) -> None:
        """Judge batches until all are done; after the deadline, by the monotonic clock, no more are given out."""
        under_way = 0
        while True:
            check()
            while under_way < BATCHES_AHEAD * cluster.workers and time.monotonic() < deadline:
                if (batch := plan.next_batch()) is None:
                    break
                cluster.submit(batch, judge_batch, self.jobs[batch.unit], batch)
                under_way += 1
            if not under_way:
                break
            for batch, result in cluster.collect(POLL_SECONDS):
                if is_killed_worker(result) and batch not in self.suspects:
                    self.suspects.add(batch)
                    cluster.submit(batch, judge_batch, self.jobs[batch.unit], batch)
                    continue
                under_way -= 1
                self.record_result(plan, batch, result)
                watch(batch.unit, self.store.cases)

    def record_result(self, plan: CampaignPlan, batch: Batch, result: Any) -> None:
        """Keep the results of a batch; give up a unit that cannot be loaded or that ends its worker."""
        if isinstance(result, Exception):
            self.errors[batch.unit] = self.explain_error(batch, result)
            plan.give_up(batch.unit)
        else:
            plan.record_result(result)
            self.store.append_result(result)

    def explain_error(self, batch: Batch, error: Exception) -> str:
        if isinstance(error, WorkerMismatch):
            raise UsageError("gradcheck campaign", f"a worker has other files: {error}", "give all of them the same")
        if isinstance(error, DeclarationError):
            return str(error)
        if isinstance(error, UsageError):
            raise error
        if not is_killed_worker(error):
            return report_defect(batch.unit, error, f"{batch.kind} {batch.first}").message
        last = batch.first + batch.count - 1
        where = f"{batch.kind} {batch.first} to {last}"
        return (
            f"{batch.unit}: it ended its worker process, or did not finish, at {where}; run gradcheck verify to see why"
        )

    def shrink_failures(self, cluster: WorkQueue, watch: CampaignProgress, check: CheckInterrupt) -> None:
        """Shrink one failing case of every unit, check and verdict, if this was not done before."""
        waiting = self.list_unshrunk()
        for number, (unit, failed_case) in enumerate(waiting):
            cluster.submit(number, shrink_batch_failure, self.jobs[unit], failed_case)
        done = 0
        while done < len(waiting):
            check()
            for number, report in cluster.collect(POLL_SECONDS):
                unit, failed_case = waiting[number]
                done += 1
                if isinstance(report, Exception):
                    self.errors[unit] = f"{unit}: the case {failed_case.case} could not be made smaller: {report}"
                else:
                    self.store.append_shrunk(unit, failed_case, fill(report, UnitRecord))
                watch(f"shrinking {unit}", done)

    def list_unshrunk(self) -> list[tuple[str, FailedCase]]:
        smallest: dict[tuple[str, str, str], FailedCase] = {}
        for found in self.store.results:
            for failed_case in found.failures:
                key = (found.batch.unit, failed_case.failed_check, failed_case.verdict)
                smallest[key] = min(failed_case, smallest.get(key, failed_case), key=get_case_complexity)
        return [
            (unit, failed_case) for (unit, *of), failed_case in smallest.items() if (unit, *of) not in self.store.shrunk
        ]


def is_killed_worker(result: Any) -> bool:
    """Whether several workers ended during the task; found without importing dask."""
    return type(result).__name__ == "KilledWorker"


def get_case_complexity(failed_case: FailedCase) -> tuple[int, str]:
    return len(failed_case.case), failed_case.case
