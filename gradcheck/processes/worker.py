"""The life of a forked worker: tasks come by a channel, and what becomes of each goes back."""

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

from .bulletin import Bulletin

Channel = Connection  # of Python objects, both ways
Tell = Callable[[Any], None]
"""How a task tells how far it is."""
PRINTED = 2**16
"""The first so many bytes that a task prints are kept."""


class Timeout(BaseException):
    """A task has used up its time; no `except Exception` holds it up."""


class Kept(io.RawIOBase):
    """Keeps the beginning of what is written, in a file that is there when the process has died."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        room = PRINTED - os.fstat(self.descriptor).st_size
        if room > 0:
            os.write(self.descriptor, bytes(data[:room]))
        return len(data)


def serve(
    channel: Channel,
    others: Iterable[Channel],
    work: Callable[[Any, Tell], Any],
    memory: int | None,
    bulletin: Bulletin,
    output: int | None,
) -> NoReturn:
    """Do tasks until the parent ends, or one is lost or raises."""
    try:
        for other in others:
            other.close()
        isolate(memory, output)
        how = "done"
        while how == "done":
            task, seconds = channel.recv()
            how, value = attempt(task, work, seconds, bulletin.post)
            try:
                channel.send((how, value))
            except Exception as error:
                channel.send(("raised", portable(error)))
    except EOFError:
        pass
    finally:
        os._exit(0)


def isolate(memory: int | None, output: int | None) -> None:
    """No input, no core file, no Ctrl-C of its own, one thread of torch, a limit on memory, and the clock's signal.

    What Python prints goes to the file `output`, or nowhere; what anything else prints, nowhere.
    """
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, expire)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    printed = Kept(nowhere if output is None else output)
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stderr = io.TextIOWrapper(printed, "utf-8", "replace", write_through=True)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    usage = Path("/proc/self/statm")
    if memory is not None and usage.exists():
        taken = int(usage.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def expire(*_: object) -> NoReturn:
    raise Timeout


def attempt(task: Any, work: Callable[[Any, Tell], Any], seconds: float, tell: Tell) -> tuple[str, Any]:
    """("done", result), ("raised", exception) or ("lost", reason)."""
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
        try:
            return "done", work(task, tell)
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
