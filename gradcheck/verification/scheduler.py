"""Judges units in processes of their own: one that loops, exits or crashes loses its own verdict alone.

A worker stays with a unit while there is something to do of it; then a fresh one begins the next unit, or helps with
one that is under way.  Verdicts, addresses and counts do not depend on the number of workers.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module

from ..errors import DeclarationError
from ..processes.pool import Lost, Pool, Worker
from ..processes.worker import Tell
from ..unit.discovery import Pair
from ..verdict.report import Report, undeclared
from .progress import Course, Found, Task
from .stages import Asked, Part, conclude, part

SIGHT = 0.2
"""Seconds between two looks at how far the workers are."""
SLOW = ("torch", "jaxtyping", "torch.fx.experimental.symbolic_shapes", "gradcheck.mutation")
"""What takes long to import, which is then done once: torch.autograd imports the third at its first gradient."""
Done = tuple[Part | Report, float]
"""What was found, and the seconds of processor time it took."""
Watch = Callable[[dict[str, int]], None]


def judge(
    pairs: Sequence[Pair], asked: Asked, workers: int, timeout: float, watch: Watch | None = None
) -> Iterator[tuple[int, Report]]:
    """The number and report of each unit, as it is done.

    timeout   seconds of processor time that a unit may take, all workers together; by the clock, four times that
    watch     is called several times a second with the units under way and how many cases of each are judged
    """
    for module in SLOW:
        with suppress(ImportError):
            import_module(module)
    courses = [Course(k, pair, len(asked.steps), timeout) for k, pair in enumerate(pairs)]
    pool = Pool(bench(pairs, asked), prints=True)
    try:
        while any(course.report is None for course in courses):
            while len(pool.workers) < workers and (course := neediest(courses, pool)) is not None:
                pool.start(course.next(workers - len(pool.workers)), course.left)
            for worker, result in pool.take(SIGHT if watch else 60.0):
                course = courses[worker.task.unit]
                take(course, worker, result)
                for other in [w for w in pool.workers if w.task.unit == course.number and w is not worker]:
                    if not course.wants(other.task):
                        pool.end(other)
                if worker.pid and course.ready:
                    worker.give(course.next(workers - len(pool.workers) + 1), course.left)
                else:
                    pool.end(worker)
                if course.report is not None:
                    yield course.number, course.report
            if watch is not None:
                watch(under_way(courses, pool))
    finally:
        pool.close()


def take(course: Course, worker: Worker, result: Done | Lost | Exception) -> None:
    """Note what a worker gave."""
    found: Found = result[0] if isinstance(result, tuple) else result
    course.processor += result[1] if isinstance(result, tuple) else 0.0
    course.seconds += time.monotonic() - worker.since
    course.take(worker.task, found, worker.told, worker.printed())


def bench(pairs: Sequence[Pair], asked: Asked) -> Callable[[Task, Tell], Done]:
    """What a worker does with a task."""
    load = cache(lambda unit: pairs[unit].load())

    def find(task: Task, tell: Tell) -> Part | Report:
        def progress(report: Report) -> None:
            tell(f"{report.cases} {report.stage}")

        try:
            subject = load(task.unit)
        except DeclarationError as error:
            return undeclared(pairs[task.unit].name, error)
        if task.whole is None:
            return part(subject, asked.steps[task.step], asked, progress)
        return conclude(subject, task.whole, asked, task.workers, progress)

    def work(task: Task, tell: Tell) -> Done:
        before = time.process_time()
        return find(task, tell), time.process_time() - before

    return work


def neediest(courses: Sequence[Course], pool: Pool) -> Course | None:
    """The first unit that the fewest workers are at, of those of which there is something to do."""
    at = Counter(worker.task.unit for worker in pool.workers)
    return min((c for c in courses if c.ready), key=lambda c: at[c.number], default=None)


def under_way(courses: Sequence[Course], pool: Pool) -> dict[str, int]:
    cases = {courses[worker.task.unit].pair.name: courses[worker.task.unit].cases for worker in pool.workers}
    for worker in pool.workers:
        told = worker.told.partition(" ")[0]
        if worker.task.whole is None and told:
            cases[courses[worker.task.unit].pair.name] += int(told)
    return cases
