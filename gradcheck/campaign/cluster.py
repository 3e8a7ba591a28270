"""The workers, run by dask.distributed: processes of this machine, or those of a scheduler elsewhere."""

import contextlib
import logging
import os
import queue
import signal
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from ..unit.discovery import UsageError

CONNECT_SECONDS = 30
"""Seconds to wait for a scheduler, and for its first worker."""
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
WORKER_ENVIRONMENT = {
    **dict.fromkeys(THREAD_VARIABLES, 1),
    "DASK_LOGGING__DISTRIBUTED": "critical",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": False,  # it would look at the stack a hundred times a second
}
"""Of the workers that are started here."""

try:
    import dask

    dask.config.set({"distributed.nanny.pre-spawn-environ": WORKER_ENVIRONMENT})
    import distributed
except ModuleNotFoundError as missing:
    raise UsageError(
        "gradcheck campaign", f"it needs {missing.name}, which is not installed", "pip install 'gradcheck[campaign]'"
    ) from missing

for logger in ("distributed", "distributed.client"):  # what goes wrong is said once, by this command
    logging.getLogger(logger).setLevel(logging.CRITICAL)


class QuietWorker(distributed.WorkerPlugin):  # type: ignore[misc]
    """Makes a worker of this machine leave Ctrl-C to the campaign, and print nothing."""

    def setup(self, worker: distributed.Worker) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)


class Cluster:
    """Gives tasks to workers.  If a worker is killed, another one repeats its task.  UsageError if the scheduler stops.

    scheduler  the address of a scheduler elsewhere, or None
    workers    how many processes to start on this machine, with one thread each, if there is no scheduler
    """

    def __init__(self, scheduler: str | None, workers: int) -> None:
        self.scheduler = scheduler
        self.done: queue.SimpleQueue[distributed.Future] = queue.SimpleQueue()
        self.given: dict[distributed.Future, Any] = {}
        with contextlib.ExitStack() as stack:
            if scheduler is None:
                cluster = distributed.LocalCluster(
                    n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=False
                )
                stack.enter_context(cluster)
                self.client = stack.enter_context(distributed.Client(cluster))
                self.client.register_plugin(QuietWorker())
            else:
                self.client = stack.enter_context(connect_to_scheduler(scheduler))
            self.stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.__exit__(kind, error, trace)

    @property
    def workers(self) -> int:
        """The number of workers now, with one thread each."""
        self.raise_if_gone()
        try:
            return sum(self.client.nthreads().values())
        except OSError as error:
            raise self.make_gone_error() from error

    def submit(self, task: Any, work: Callable[..., Any], *arguments: Any) -> None:
        future = self.client.submit(work, *arguments, pure=False)
        self.given[future] = task
        future.add_done_callback(self.done.put)

    def collect(self, seconds: float) -> list[tuple[Any, Any]]:
        """Return the tasks that are done, with their results or exceptions; none if none is done within `seconds`."""
        taken: list[tuple[Any, Any]] = []
        with contextlib.suppress(queue.Empty):
            future = self.done.get(timeout=seconds)
            while True:
                self.raise_if_gone()
                task = self.given.pop(future)
                if future.status == "cancelled":  # by nobody here
                    raise self.make_gone_error()
                taken.append((task, future.result() if future.status == "finished" else get_task_error(future)))
                future = self.done.get_nowait()
        self.raise_if_gone()
        return taken

    def raise_if_gone(self) -> None:
        if self.client.status != "running":
            raise self.make_gone_error()

    def make_gone_error(self) -> UsageError:
        remedy = "start it and its workers again, then repeat this command: the campaign continues where it stopped"
        return UsageError(f"--scheduler {self.scheduler}", "the connection to it is lost", remedy)


def get_task_error(future: distributed.Future) -> Exception:
    error = future.exception()
    return error if isinstance(error, Exception) else RuntimeError(f"{future.status}: {error}")


def connect_to_scheduler(scheduler: str) -> distributed.Client:
    """Connect to the scheduler at an address.  UsageError if there is none, or if it has no worker."""
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        reason = f"there is no scheduler ({type(error).__name__})"
        raise UsageError(f"--scheduler {scheduler}", reason, "start one with: dask scheduler") from error
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        client.close()
        remedy = f"start one where gradcheck is installed: dask worker {scheduler} --nthreads 1"
        raise UsageError(f"--scheduler {scheduler}", "it has no worker", remedy) from error
    return client
