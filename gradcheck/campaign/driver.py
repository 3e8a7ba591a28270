"""The course of a campaign: batches are given out until all is judged or the time is up, then what fell is shrunk."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import DeclarationError
from ..records import UnitRecord, fill
from ..unit.discovery import UnitFiles, UsageError
from .batch import Batch, FailedCase
from .plan import CampaignPlan
from .store import CampaignStore
from .tasks import UnitJob, WorkerMismatch, judge_batch, shrink_batch_failure

POLL_SECONDS = 0.5
"""Seconds between two looks at what is done."""
BATCHES_AHEAD = 2
"""Batches that each worker has been given: one to do, one to go on with."""
CampaignProgress = Callable[[str, int], None]
CheckInterrupt = Callable[[], None]


class WorkQueue(Protocol):
    """What a campaign needs of its workers: see `crew.Crew`."""

    @property
    def workers(self) -> int: ...

    def submit(self, task: Any, work: Callable[..., Any], *arguments: Any) -> None: ...

    def collect(self, seconds: float) -> list[tuple[Any, Any]]: ...


class CampaignDriver:
    """Judges the batches of a plan; `errors` says of a unit why it cannot be judged."""

    def __init__(self, pairs: Sequence[UnitFiles], seed: int, digests: dict[str, str], store: CampaignStore) -> None:
        same = tuple(digests.items())
        self.jobs = {pair.name: UnitJob(pair, seed, same) for pair in pairs}
        self.store = store
        self.errors: dict[str, str] = {}
        self.suspects: set[Batch] = set()  # which ended workers, or waited behind one that did

    def judge_plan(
        self, plan: CampaignPlan, crew: WorkQueue, deadline: float, watch: CampaignProgress, check: CheckInterrupt
    ) -> None:
        """Until every batch is done, or no more is given out after the deadline of the monotonic clock."""
        under_way = 0
        while True:
            check()
            while under_way < BATCHES_AHEAD * crew.workers and time.monotonic() < deadline:
                if (batch := plan.next_batch()) is None:
                    break
                crew.submit(batch, judge_batch, self.jobs[batch.unit], batch)
                under_way += 1
            if not under_way:
                break
            for batch, result in crew.collect(POLL_SECONDS):
                if is_killed_worker(result) and batch not in self.suspects:
                    self.suspects.add(batch)
                    crew.submit(batch, judge_batch, self.jobs[batch.unit], batch)
                    continue
                under_way -= 1
                self.record_result(plan, batch, result)
                watch(batch.unit, self.store.cases)

    def record_result(self, plan: CampaignPlan, batch: Batch, result: Any) -> None:
        """Keep what a batch found; a unit that cannot be loaded, or ends its worker, is given up."""
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
        if not is_killed_worker(error):
            raise error
        last = batch.first + batch.count - 1
        where = f"{batch.kind} {batch.first} to {last}"
        return f"{batch.unit}: it ends its worker, or comes to no end, at {where}; find out with gradcheck verify"

    def shrink_failures(self, crew: WorkQueue, watch: CampaignProgress, check: CheckInterrupt) -> None:
        """Make one case that fell of every unit, check and verdict smaller, if that was not done before."""
        waiting = self.list_unshrunk()
        for number, (unit, fall) in enumerate(waiting):
            crew.submit(number, shrink_batch_failure, self.jobs[unit], fall)
        done = 0
        while done < len(waiting):
            check()
            for number, report in crew.collect(POLL_SECONDS):
                unit, fall = waiting[number]
                done += 1
                if isinstance(report, Exception):
                    self.errors[unit] = f"{unit}: the case {fall.case} could not be made smaller: {report}"
                else:
                    self.store.append_shrunk(unit, fall, fill(report, UnitRecord))
                watch(f"shrinking {unit}", done)

    def list_unshrunk(self) -> list[tuple[str, FailedCase]]:
        smallest: dict[tuple[str, str, str], FailedCase] = {}
        for found in self.store.results:
            for fall in found.failures:
                key = (found.batch.unit, fall.failed_check, fall.verdict)
                smallest[key] = min(fall, smallest.get(key, fall), key=get_case_complexity)
        return [(unit, fall) for (unit, *of), fall in smallest.items() if (unit, *of) not in self.store.shrunk]


def is_killed_worker(result: Any) -> bool:
    """Whether several workers ended while they had the task; dask is not imported to tell."""
    return type(result).__name__ == "KilledWorker"


def get_case_complexity(fall: FailedCase) -> tuple[int, str]:
    return len(fall.case), fall.case
