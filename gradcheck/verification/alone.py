"""Judges one unit in a process of its own, with a time limit, as `prove` and `diagnose` do."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from ..processes.pool import TaskLost, run_tasks
from ..unit.discovery import UnitFiles
from ..unit.subject import Subject
from ..verdict.message import report_lost_unit
from ..verdict.report import Report
from .api import attempt
from .scheduler import SLOW


def attempt_alone(pair: UnitFiles, action: Callable[[Subject], Report], timeout: float) -> Report:
    """Return what `action` reports of the unit; a unit that loops, exits or crashes is not judged.

    timeout  seconds of processor time; by the wall clock, four times that
    """
    for module in SLOW:
        with suppress(ImportError):
            import_module(module)
    for _, found in run_tasks([pair], lambda each: attempt(each, action), 1, timeout):
        if not isinstance(found, TaskLost):
            return found
        return report_lost_unit(pair, found.reason, "", 0, timeout)
    raise AssertionError(pair)
