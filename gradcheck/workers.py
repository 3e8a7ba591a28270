"""Runs many small tasks in forked processes: an endless loop, a crash or an exhausted memory loses that task alone."""

import contextlib
import faulthandler
import os
import pickle
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, NoReturn, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Channel = Connection  # of Python objects, both ways
PATIENCE = 4.0


@dataclass(frozen=True)
class Lost:
    """A task that gave no result: "timeout", "memory", "recursion", "exit: code 1", "crash: signal 11 (SIGSEGV)"."""

    reason: str


class Timeout(BaseException):
    """A task has used up its time; no `except Exception` holds it up."""


def run(
    tasks: Sequence[Task],
    work: Callable[[Task], Result],
    workers: int = 1,
    seconds: float = 10.0,
    memory: int | None = None,
) -> Iterator[tuple[int, Result | Lost]]:
    """Each task's index and result, in order, whatever the number of workers.

    seconds   of processor time that a task may take; by the wall clock, four times that and one
    memory    bytes that a worker may take beyond what it starts with (where the system tells that: on Linux)

    Workers are forked at the first result asked for: whatever is slow to import should be imported by then.  A result
    must be picklable; `work` must not depend on the tasks done before.  What it prints is discarded.  An exception of
    `work`, other than MemoryError and RecursionError, is raised here.  Closing the iterator ends the workers.
    """
    pool = Pool(tasks, lambda channel, others: serve(channel, others, tasks, work, seconds, memory), workers, seconds)
    try:
        for index in range(len(tasks)):
            while index not in pool.done:
                pool.step()
            yield index, pool.done.pop(index)
    finally:
        pool.close()


class Worker:
    """A forked process that does one task after the other."""

    def __init__(self, process: Callable[[Channel, Sequence[Channel]], NoReturn], others: Sequence[Channel]) -> None:
        self.channel, there = Pipe()
        self.index = -1
        self.deadline = 0.0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside the threads of a library
            self.pid = os.fork()
        if self.pid == 0:
            process(there, [*others, self.channel])
        there.close()

    def give(self, index: int, deadline: float) -> None:
        self.index, self.deadline = index, deadline
        with contextlib.suppress(OSError):  # it has died meanwhile, which `take` finds
            self.channel.send(index)

    def take(self) -> tuple[str, Any]:
        """("done", result), ("raised", exception) or ("lost", reason)."""
        try:
            answer: tuple[str, Any] = self.channel.recv()
        except (EOFError, OSError):
            code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            self.pid = 0
            return "lost", f"exit: code {code}" if code >= 0 else f"crash: {signal_name(-code)}"
        return answer

    def end(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.channel.close()


class Pool:
    """Workers, the tasks that none has yet, and what is done."""

    def __init__(self, tasks: Sequence[Any], process: Callable[..., NoReturn], workers: int, seconds: float) -> None:
        self.process = process
        self.size = workers
        self.limit = PATIENCE * seconds + 1
        self.waiting = iter(range(len(tasks)))
        self.workers: list[Worker] = []
        self.done: dict[int, Any] = {}

    def step(self) -> None:
        """Give every free worker a task, then take what is ready or overdue."""
        while len(self.workers) < self.size and (index := next(self.waiting, None)) is not None:
            self.workers.append(Worker(self.process, [w.channel for w in self.workers]))
            self.workers[-1].give(index, time.monotonic() + self.limit)
        next_deadline = min(w.deadline for w in self.workers)
        ready = wait([w.channel for w in self.workers], max(0.0, next_deadline - time.monotonic()))
        for worker in list(self.workers):
            if worker.channel in ready:
                self.finish(worker, *worker.take())
            elif time.monotonic() > worker.deadline:
                self.finish(worker, "lost", "timeout")

    def finish(self, worker: Worker, how: str, value: Any) -> None:
        if how == "raised":
            raise value
        self.done[worker.index] = Lost(value) if how == "lost" else value
        index = None if how == "lost" else next(self.waiting, None)
        if index is None:
            worker.end()
            self.workers.remove(worker)
        else:
            worker.give(index, time.monotonic() + self.limit)

    def close(self) -> None:
        for worker in self.workers:
            worker.end()


def serve(
    channel: Channel,
    others: Iterable[Channel],
    tasks: Sequence[Task],
    work: Callable[[Task], Result],
    seconds: float,
    memory: int | None,
) -> NoReturn:
    """The life of a worker: it ends with its parent, or with the first task lost."""
    try:
        for other in others:
            other.close()
        isolate(memory)
        how = "done"
        while how == "done":
            how, value = attempt(tasks[channel.recv()], work, seconds)
            try:
                channel.send((how, value))
            except Exception as error:
                channel.send(("raised", portable(error)))
    except EOFError:
        pass
    finally:
        os._exit(0)


def isolate(memory: int | None) -> None:
    """No output, no core file, no Ctrl-C of its own, one thread of torch, a limit on memory, and the clock's signal."""
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, expire)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    usage = Path("/proc/self/statm")
    if memory is not None and usage.exists():
        taken = int(usage.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def expire(*_: object) -> NoReturn:
    raise Timeout


def attempt(task: Task, work: Callable[[Task], Result], seconds: float) -> tuple[str, Any]:
    """("done", result), ("raised", exception) or ("lost", reason)."""
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
        try:
            return "done", work(task)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except Timeout:
        return "lost", "timeout"
    except MemoryError:
        return "lost", "memory"
    except RecursionError:
        return "lost", "recursion"
    except SystemExit as error:
        return "lost", f"exit: code {error.code}"
    except Exception as error:
        return "raised", portable(error)
    except BaseException as error:
        return "lost", f"raised {type(error).__name__}"


def portable(error: Exception) -> Exception:
    """The exception with its traceback as a note, or one that says the same where it cannot be pickled."""
    note = "".join(traceback.format_exception(error))
    try:
        copy: Exception = pickle.loads(pickle.dumps(error))
    except Exception:
        copy = RuntimeError(f"{type(error).__name__}: {error}")
    copy.add_note(note)
    return copy


def signal_name(number: int) -> str:
    return f"signal {number} ({signal.Signals(number).name})"
