"""What a forked worker does: it takes tasks from a channel, and sends back the outcome of each."""

import ctypes
import faulthandler
import io
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from .bulletin import SharedMessage

Channel = Connection  # of Python objects, both ways
ProgressReporter = Callable[[Any], None]
"""A function that a task calls to report its progress."""
PR_SET_PDEATHSIG = 1
"""The request to be sent a signal when the parent ends, in <sys/prctl.h> of Linux."""
WORKER_PROCESS = [0]
"""The process id of the worker that this process is, or comes from; 0 in the first process."""
MAX_OUTPUT_BYTES = 2**16
"""How many bytes of what a task prints are kept, from the beginning."""


class TaskTimeout(BaseException):
    """A task has used up its time.  Not an Exception: an `except Exception` of the unit must not catch it."""


class TruncatedWriter(io.RawIOBase):
    """Writes the beginning of what is printed to a file, which outlives the process."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        room = MAX_OUTPUT_BYTES - os.fstat(self.descriptor).st_size
        if room > 0:
            os.write(self.descriptor, bytes(data[:room]))
        return len(data)


def serve_tasks(
    channel: Channel,
    others: Iterable[Channel],
    work: Callable[[Any, ProgressReporter], Any],
    memory: int | None,
    bulletin: SharedMessage,
    output: int | None,
) -> NoReturn:
    """Do tasks until the parent ends, or until one is lost or raises; then end the process."""
    try:
        for other in others:
            other.close()
        end_with_parent()
        process = WORKER_PROCESS[0] = os.getpid()
        isolate_process(memory, output)
        how = "done"
        while how == "done":
            task, seconds = channel.recv()
            how, value = attempt_task(task, work, seconds, bulletin.write)
            if os.getpid() != process:
                break  # a child that the unit has forked, and that came back
            try:
                channel.send((how, value))
            except Exception as error:
                channel.send(("raised", make_portable(error)))
    except EOFError:
        pass
    finally:
        os._exit(0)


def is_worker() -> bool:
    """Whether this process is a worker, or was forked by one."""
    return WORKER_PROCESS[0] != 0


def end_with_parent() -> None:
    """Lead a group of its own, with the children of the unit, if the parent is no worker; be killed when it ends."""
    if not is_worker():
        os.setpgid(0, 0)
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


def isolate_process(memory: int | None, output: int | None) -> None:
    """Cut the worker off from the terminal: no input, no Ctrl-C, no core file; limit its memory and torch's threads.

    What Python prints goes to the file descriptor `output`, or is discarded; what C code prints is discarded.
    """
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, raise_timeout)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    printed = TruncatedWriter(nowhere if output is None else output)
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stderr = io.TextIOWrapper(printed, "utf-8", "replace", write_through=True)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    usage = Path("/proc/self/statm")
    if memory is not None and usage.exists():
        taken = int(usage.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def raise_timeout(*_: object) -> NoReturn:
    raise TaskTimeout


def attempt_task(
    task: Any, work: Callable[[Any, ProgressReporter], Any], seconds: float, tell: ProgressReporter
) -> tuple[str, Any]:
    """Do a task; return ("done", result), ("raised", exception) or ("lost", reason)."""
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
        try:
            return "done", work(task, tell)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TaskTimeout:
        return "lost", "timeout"
    except MemoryError:
        return "lost", "memory"
    except RecursionError:
        return "lost", "recursion"
    except SystemExit as error:
        return "lost", f"exit: code {error.code}"
    except Exception as error:
        return "raised", make_portable(error)
    except BaseException as error:
        return "lost", f"raised {type(error).__name__}"


def make_portable(error: Exception) -> Exception:
    """Copy an exception with its traceback as a note; one that cannot be pickled becomes a RuntimeError of its text."""
    note = "".join(traceback.format_exception(error))
    try:
        copy: Exception = pickle.loads(pickle.dumps(error))
    except Exception:
        copy = RuntimeError(f"{type(error).__name__}: {error}")
    copy.add_note(note)
    return copy
