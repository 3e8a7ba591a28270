"""Judges units in processes of their own: a unit that loops, exits or crashes loses only its own verdict.

A worker stays with a unit as long as it has steps to judge.  Then it ends, and a fresh one begins the next unit or
helps with one that is under way.  Verdicts, case ids and counts do not depend on the number of workers.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module

from ..errors import DeclarationError
from ..processes.pool import TaskLost, Worker, WorkerPool
from ..processes.worker import ProgressReporter
from ..unit.discovery import UnitFiles
from ..verdict.report import Report, report_bad_declaration
from .conclusion import conclude, start_report
from .defects import contain_defects
from .judge import judge_step
from .progress import Progress, Watch
from .settings import Settings
from .unit_schedule import Result, StepResult, Task, UnitSchedule

SIGHT = 0.2
"""Seconds between two updates of the progress."""
SLOW = ("torch", "jaxtyping", "torch.fx.experimental.symbolic_shapes", "gradcheck.mutation")
"""Slow imports, done once before workers are forked.  torch.autograd imports the third with its first gradient."""
Done = tuple[StepResult | Report, float]
"""A result, and the seconds of processor time that it took."""
Overview = Callable[[dict[str, int]], None]


def judge_units(
    pairs: Sequence[UnitFiles], settings: Settings, workers: int, timeout: float, overview: Overview | None = None
) -> Iterator[tuple[int, Report]]:
    """Yield the number and report of each unit, as soon as it is done.

    timeout   seconds of processor time that a unit may take, all workers together; by the wall clock, four times that
    overview  is called several times a second with the units under way and how many of their cases are judged
    """
    for module in SLOW:
        with suppress(ImportError):
            import_module(module)
    schedules = [UnitSchedule(k, pair, settings.steps, timeout) for k, pair in enumerate(pairs)]
    pool = WorkerPool(make_work(pairs, settings), prints=True)
    try:
        while any(schedule.report is None for schedule in schedules):
            while len(pool.workers) < workers and (schedule := neediest_unit(schedules, pool)) is not None:
                pool.start(schedule.next(workers - len(pool.workers)), schedule.left)
            for worker, result in pool.take(SIGHT if overview else 60.0):
                schedule = schedules[worker.task.unit]
                take_result(schedule, worker, result)
                for other in [w for w in pool.workers if w.task.unit == schedule.number and w is not worker]:
                    if not schedule.wants(other.task):
                        pool.end(other)
                if worker.pid and schedule.ready:
                    worker.give(schedule.next(workers - len(pool.workers) + 1), schedule.left)
                else:
                    pool.end(worker)
                if schedule.report is not None:
                    yield schedule.number, schedule.report
            if overview is not None:
                overview(count_cases(schedules, pool))
    finally:
        pool.close()


def take_result(schedule: UnitSchedule, worker: Worker, result: Done | TaskLost | Exception) -> None:
    """Give the result of a worker to the schedule of its unit."""
    found: Result = result[0] if isinstance(result, tuple) else result
    schedule.processor += result[1] if isinstance(result, tuple) else 0.0
    schedule.seconds += time.monotonic() - worker.started_at
    schedule.take(worker.task, found, worker.last_progress, worker.read_output())


def make_work(pairs: Sequence[UnitFiles], settings: Settings) -> Callable[[Task, ProgressReporter], Done]:
    """Make the function that a worker calls with each task."""
    load = cache(lambda unit: pairs[unit].load())

    def judge_task(task: Task, tell: ProgressReporter) -> StepResult | Report:
        pair = pairs[task.unit]

        def judge(watch: Watch) -> StepResult | Report:
            try:
                subject = load(task.unit)
            except DeclarationError as error:
                return report_bad_declaration(pair.name, error)
            if task.whole is None:
                tally = judge_step(subject, settings.steps[task.step], settings, watch)
                return StepResult(tally, start_report(subject))
            return conclude(subject, task.whole, settings, watch, task.workers)

        return contain_defects(pair.name, judge, tell, pair.command)

    def work(task: Task, tell: ProgressReporter) -> Done:
        before = time.process_time()
        return judge_task(task, tell), time.process_time() - before

    return work


def neediest_unit(schedules: Sequence[UnitSchedule], pool: WorkerPool) -> UnitSchedule | None:
    """Choose the unit with the fewest workers, of those that have something to do."""
    at = Counter(worker.task.unit for worker in pool.workers)
    return min((s for s in schedules if s.ready), key=lambda s: at[s.number], default=None)


def count_cases(schedules: Sequence[UnitSchedule], pool: WorkerPool) -> dict[str, int]:
    """Count the judged cases of each unit under way."""
    cases = {schedules[w.task.unit].pair.name: schedules[w.task.unit].cases for w in pool.workers}
    for worker in pool.workers:
        if worker.task.whole is None and isinstance(worker.last_progress, Progress):
            cases[schedules[worker.task.unit].pair.name] += worker.last_progress.cases
    return cases
