"""One place where an exception of gradcheck, raised while it judges one unit, becomes the verdict of that unit."""

from collections.abc import Callable
from typing import TypeVar

from ..errors import CaseIdError, DeclarationError
from ..unit.discovery import UsageError
from ..verdict.defect import report_defect
from ..verdict.report import Report
from .progress import Progress, Watch, ignore_progress

ResultT = TypeVar("ResultT")
NO_DEFECTS = (CaseIdError, DeclarationError, UsageError, MemoryError, RecursionError)
"""What is the user's to change, and what ends a worker, which is told otherwise."""


class LastProgress:
    """Hands progress on, and keeps the last: it says where a defect was met."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.last = Progress("")

    def __call__(self, progress: Progress) -> None:
        self.last = progress
        self.watch(progress)


def contain_defects(
    name: str,
    judge: Callable[[Watch], ResultT],
    watch: Watch = ignore_progress,
    command: Callable[[str], str] | None = None,
) -> ResultT | Report:
    """Return what `judge` does, or, where gradcheck itself raises, the report that the unit is not judged.

    watch    is told of progress, as `judge` tells it
    command  makes of a case id the command that judges the case again
    """
    progress = LastProgress(watch)
    try:
        return judge(progress)
    except NO_DEFECTS:
        raise
    except Exception as error:
        return report_defect(name, error, progress.last.place, progress.last.cases, command)
