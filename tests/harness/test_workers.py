"""Whatever a task does to its process, it loses that task alone."""

import ctypes
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from gradcheck.errors import DeclarationError
from gradcheck.processes.pool import TaskLost, run_tasks

MIB = 2**20


def nested(depth: int) -> int:
    return nested(depth + 1)


def exhaust() -> list[np.ndarray]:
    return [np.empty(64 * MIB, np.uint8) for _ in range(64)]


def swallow() -> None:
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def spin() -> None:
    while True:
        pass


def interrupt() -> None:
    raise KeyboardInterrupt


FATES = {
    "endless loop": (spin, "timeout"),
    "endless loop that swallows everything": (swallow, "timeout"),
    "endless sleep": (lambda: time.sleep(1000), "timeout"),
    "segfault": (lambda: ctypes.string_at(0), "crash: signal 11 (SIGSEGV)"),
    "kill": (lambda: os.kill(os.getpid(), signal.SIGKILL), "crash: signal 9 (SIGKILL)"),
    "exit": (lambda: sys.exit(3), "exit: code 3"),
    "hard exit": (lambda: os._exit(4), "exit: code 4"),
    "recursion": (lambda: nested(0), "recursion"),
    "interrupt": (interrupt, "raised KeyboardInterrupt"),
}
if sys.platform == "linux":
    FATES["memory"] = (exhaust, "memory")


@pytest.mark.parametrize("workers", [1, 3])
def test_a_fatal_task_is_lost_and_the_others_are_done(workers):
    tasks = [task for fatal, _ in FATES.values() for task in (fatal, lambda: os.getpid() > 0)]
    results = list(run_tasks(tasks, lambda task: task(), workers, seconds=0.5, memory=512 * MIB))
    assert [index for index, _ in results] == list(range(len(tasks)))
    assert [result for _, result in results[1::2]] == [True] * len(FATES)
    assert [result for _, result in results[::2]] == [TaskLost(reason) for _, reason in FATES.values()]


def test_results_come_in_order_from_several_processes():
    def work(task):
        time.sleep(0.02 * (task == 0))
        return task * task, os.getpid()

    results = dict(run_tasks(range(20), work, 3))
    assert list(results) == list(range(20))
    assert [square for square, _ in results.values()] == [k * k for k in range(20)]
    assert len({pid for _, pid in results.values()}) > 1
    assert os.getpid() not in {pid for _, pid in results.values()}


def test_no_task_no_worker():
    assert list(run_tasks([], abs, 2)) == []


def test_what_a_task_prints_is_discarded(capfd):
    def work(task):
        print("printed")
        os.write(1, b"written")
        os.write(2, b"written")
        return task

    assert list(run_tasks([1, 2], work)) == [(0, 1), (1, 2)]
    assert capfd.readouterr() == ("", "")


def test_an_exception_of_the_work_is_raised_with_its_traceback():
    with pytest.raises(ZeroDivisionError) as raised:
        list(run_tasks([1, 0], lambda task: 1 / task))
    assert "1 / task" in raised.value.__notes__[0]


def test_an_exception_that_cannot_be_pickled_is_told_all_the_same():
    class Local(Exception):
        pass

    def work(task):
        raise Local("x is wrong")

    with pytest.raises(RuntimeError, match="Local: x is wrong"):
        list(run_tasks([1], work))


def test_a_bad_declaration_comes_back_as_it_is():
    def work(task):
        raise DeclarationError("x", "is wrong", "fix it")

    with pytest.raises(DeclarationError, match="x: is wrong; fix it") as raised:
        list(run_tasks([1], work))
    assert (raised.value.value, raised.value.reason, raised.value.remedy) == ("x", "is wrong", "fix it")


def test_a_result_that_cannot_be_pickled_is_an_error():
    with pytest.raises(Exception, match="pickle"):
        list(run_tasks([1], lambda task: lambda: task))


def test_closing_the_iterator_ends_the_workers():
    results = run_tasks(range(100), lambda task: os.getpid() if task < 2 else time.sleep(100), 2)
    pids = {next(results)[1], next(results)[1]}
    results.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_ctrl_c_ends_the_run_and_its_workers():
    program = """if True:
        import os, signal, time
        from gradcheck.processes.pool import run_tasks
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background process does not have
        def work(task):
            os.write(channel, f"{os.getpid()}\\n".encode())
            time.sleep(100)
        channel = os.dup(1)
        for _ in run_tasks(range(4), work, 2, seconds=100): pass
    """
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    pids = [int(process.stdout.readline()) for _ in range(2)]
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert b"KeyboardInterrupt" in errors
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
