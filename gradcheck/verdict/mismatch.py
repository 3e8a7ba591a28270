"""The exception that `check` raises for a wrong unit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Report


class GradientMismatch(AssertionError):
    """A unit was judged wrong, or its judges are split; or it is imprecise, and that was not to pass.

    The first line of the message is complete in itself; `report` holds everything as data.
    """

    def __init__(self, message: str, report: "Report") -> None:
        super().__init__(message)
        self.report = report
