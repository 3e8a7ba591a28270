"""The reports that a test has made, kept in its stash."""

from typing import TYPE_CHECKING

import pytest

from ..verdict.mismatch import GradientMismatch

if TYPE_CHECKING:
    from ..verdict.report import Report

TEST_REPORTS = pytest.StashKey[list["Report"]]()


def keep_report(item: pytest.Item, report: "Report") -> None:
    item.stash.setdefault(TEST_REPORTS, []).append(report)


def keep_failure_report(item: pytest.Item, raised: pytest.ExceptionInfo[BaseException] | None) -> None:
    """Keep the report of a `check` that failed, with the fixture or without."""
    if raised is not None and isinstance(raised.value, GradientMismatch):
        keep_report(item, raised.value.report)
