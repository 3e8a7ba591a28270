"""What was judged in a test: kept with the test, then attached to its report."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from ..unit.discovery import UnitFiles
from ..verdict.mismatch import GradientMismatch
from .case_id import uses_gradcheck
from .shares import CaseShare
from .stash import TEST_REPORTS
from .units import UnitItem

if TYPE_CHECKING:
    from ..verdict.report import Report
    from .shares import Tallies


@dataclass(frozen=True)
class JudgedUnit:
    """A report on a unit, or on a share of its cases; the commands to run next; and the tallies of a share.

    `pair` and `given` are the files of a divided unit, and what it was judged with.  It can be pickled.
    """

    name: str
    share: CaseShare | None
    report: "Report"
    next_steps: list[str]
    tallies: "Tallies" = field(default_factory=dict)
    pair: UnitFiles | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


def shorten_crash_message(
    item: pytest.Item, report: pytest.TestReport, raised: pytest.ExceptionInfo[BaseException] | None
) -> None:
    """Begin a failure's line in pytest's summary with the message, not with the name of the exception."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None or raised is None:
        return
    judged = isinstance(item, UnitItem) and TEST_REPORTS in item.stash
    if judged or isinstance(raised.value, GradientMismatch):
        crash.message = str(raised.value)


def list_judged_units(item: pytest.Item) -> list[JudgedUnit]:
    reports = item.stash.get(TEST_REPORTS, [])
    if not isinstance(item, UnitItem):
        return [JudgedUnit(item.nodeid, None, report, list_next_steps(item, report)) for report in reports]
    rest = (item.tallies, item.pair, item.given)
    return [
        JudgedUnit(item.unit_nodeid, item.share, report, list_next_steps(item, report), *rest) for report in reports
    ]


def list_next_steps(item: pytest.Item, report: "Report") -> list[str]:
    """List the commands that show the failure again and diagnose it."""
    if report.smallest is None:
        return []
    unit = isinstance(item, UnitItem)
    steps = [f"gradcheck diagnose {report.name} --case {report.smallest}"] if unit and report.verdict == "wrong" else []
    if uses_gradcheck(item):
        name = item.unit_nodeid if isinstance(item, UnitItem) else item.nodeid
        return [f"pytest {shlex.quote(name)} --gradcheck-case {report.smallest}", *steps]
    return [report.rerun_command]


def make_properties(report: "Report") -> dict[str, Any]:
    """Make the properties of a test: verdict, cases, worst error over tolerance, and the command for a rerun."""
    worst = report.worst if report.failure is None else report.failure.ratio
    stated = {"verdict": report.verdict, "cases": report.cases, "worst": f"{worst:.3g}", "rerun": report.rerun_command}
    return {f"gradcheck_{name}": value for name, value in stated.items() if value != ""}
