"""The reports that a test has made, kept with it."""

from typing import TYPE_CHECKING

import pytest

from ..verdict.mismatch import GradientMismatch

if TYPE_CHECKING:
    from ..verdict.report import Report

REPORTS = pytest.StashKey[list["Report"]]()


def keep(item: pytest.Item, report: "Report") -> None:
    item.stash.setdefault(REPORTS, []).append(report)


def keep_raised(item: pytest.Item, raised: pytest.ExceptionInfo[BaseException] | None) -> None:
    """Keep the report of a `check` that failed, with the fixture or without."""
    if raised is not None and isinstance(raised.value, GradientMismatch):
        keep(item, raised.value.report)
