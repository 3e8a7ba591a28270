"""Runs tasks in forked processes: an endless loop, a crash or too little memory loses that task only."""

import contextlib
import os
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Pipe, wait
from typing import Any, TypeVar

from .bulletin import SharedMessage
from .worker import ProgressReporter, is_worker, serve_tasks

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")
WALL_CLOCK_FACTOR = 4.0


@dataclass(frozen=True)
class TaskLost:
    """A task without a result: timeout, memory, recursion, `exit: code 1` or `crash: signal 11 (SIGSEGV)`."""

    reason: str


def count_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(
    tasks: Sequence[TaskT],
    work: Callable[[TaskT], ResultT],
    workers: int = 1,
    seconds: float = 10.0,
    memory: int | None = None,
) -> Iterator[tuple[int, ResultT | TaskLost]]:
    """Yield the index and the result of each task, in order, whatever the number of workers.

    seconds   the processor time that a task may take; on the wall clock it may take four times that, and one second
    memory    the bytes that a worker may take beyond those it starts with; no limit except on Linux

    Workers are forked when the first result is asked for: import what is slow to import before.  A result must be
    picklable; `work` must not depend on the tasks done before.  What it prints is discarded.  An exception of `work`,
    other than MemoryError and RecursionError, is raised here.  Closing the iterator ends the workers.
    """
    pool, waiting, done = (
        WorkerPool(lambda index, _: work(tasks[index]), memory),
        iter(range(len(tasks))),
        dict[int, Any](),
    )
    try:
        for index in range(len(tasks)):
            while index not in done:
                while len(pool.workers) < workers and (following := next(waiting, None)) is not None:
                    pool.start(following, seconds)
                for worker, result in pool.take():
                    if isinstance(result, Exception):
                        raise result
                    done[worker.task] = result
                    if worker.pid and (following := next(waiting, None)) is not None:
                        worker.give(following, seconds)
                    else:
                        pool.end(worker)
            yield index, done.pop(index)
    finally:
        pool.close()


class Worker:
    """A forked process that does one task after the other; `pid` is 0 once it has died, `task` the last one given."""

    def __init__(self, others: Sequence["Worker"], pool: "WorkerPool") -> None:
        self.channel, there = Pipe()
        self.task: Any = None
        self.started_at = self.deadline = 0.0
        self.progress = SharedMessage()
        self.output = tempfile.TemporaryFile() if pool.keeps_output else None  # noqa: SIM115
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside the threads of a library
            self.pid = os.fork()
        if self.pid == 0:
            channels = [self.channel, *(w.channel for w in others)]
            output = None if self.output is None else self.output.fileno()
            serve_tasks(there, channels, pool.work, pool.memory, self.progress, output)
        there.close()
        self.leads_group = not is_worker()
        if self.leads_group:
            with contextlib.suppress(OSError):  # it has done so itself, or has ended
                os.setpgid(self.pid, self.pid)

    def give(self, task: Any, seconds: float) -> None:
        self.task, self.started_at = task, time.monotonic()
        self.deadline = self.started_at + WALL_CLOCK_FACTOR * seconds + 1
        self.progress.clear()
        with contextlib.suppress(OSError):  # it has died meanwhile, which `take` finds
            self.channel.send((task, seconds))

    def take(self) -> Any:
        """Return the result of the task, the exception that it raised, or a TaskLost."""
        try:
            how, value = self.channel.recv()
        except Exception:  # the channel is closed, or the unit has written to it
            code = self.wait_for_end()
            return TaskLost(f"exit: code {code}" if code >= 0 else f"crash: {format_signal(-code)}")
        if how != "done":
            self.end()
        return TaskLost(value) if how == "lost" else value

    @property
    def last_progress(self) -> Any:
        """The last progress message of the task; None before the first."""
        return self.progress.read()

    def read_output(self) -> str:
        """Return the beginning of what the task printed, and clear it; for a task that has ended."""
        if self.output is None:
            return ""
        self.output.seek(0)
        text = self.output.read().decode(errors="replace")
        self.output.seek(0)
        self.output.truncate()
        return text

    def wait_for_end(self) -> int:
        """Return the exit code of a worker that has closed its channel; one that lives on is killed after a second."""
        until = time.monotonic() + 1
        while time.monotonic() < until and os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            time.sleep(0.001)
        return self.end()

    def end(self) -> int:
        """Kill the worker and the children that its unit has started; return its exit code, or minus the signal."""
        if not self.pid:
            return 0
        if self.leads_group:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.pid = 0
        return code

    def close(self) -> None:
        self.end()
        self.channel.close()
        self.progress.close()
        if self.output is not None:
            self.output.close()


class WorkerPool:
    """Workers that call `work` with a task and a function that reports progress, in processes of their own.

    memory  the bytes that a worker may take beyond those it starts with; no limit by default
    prints  whether what a task prints is kept; otherwise it is discarded

    Tasks and results must be picklable.
    """

    def __init__(
        self, work: Callable[[Any, ProgressReporter], Any], memory: int | None = None, prints: bool = False
    ) -> None:
        self.work = work
        self.memory = memory
        self.keeps_output = prints
        self.workers: list[Worker] = []

    def start(self, task: Any, seconds: float) -> None:
        """Fork a new worker and give it the task."""
        self.workers.append(Worker(self.workers, self))
        self.workers[-1].give(task, seconds)

    def take(self, patience: float = 60.0) -> Iterator[tuple[Worker, Any]]:
        """Wait up to `patience` seconds for a worker that is ready or overdue; yield each of them with its result."""
        now, nearest = time.monotonic(), min(w.deadline for w in self.workers)
        ready = wait([w.channel for w in self.workers], max(0.0, min(patience, nearest - now)))
        for worker in list(self.workers):
            if worker not in self.workers:
                continue  # ended meanwhile
            if worker.channel in ready:
                yield worker, worker.take()
            elif time.monotonic() > worker.deadline:
                worker.end()
                yield worker, TaskLost("timeout")

    def end(self, worker: Worker) -> None:
        worker.close()
        self.workers.remove(worker)

    def close(self) -> None:
        for worker in list(self.workers):
            self.end(worker)


def format_signal(number: int) -> str:
    return f"signal {number} ({signal.Signals(number).name})"
