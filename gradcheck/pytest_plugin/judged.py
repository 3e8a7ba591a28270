"""What was judged in a test: kept with the test, then it rides on its report."""

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from ..verdict.mismatch import GradientMismatch
from .address import judges
from .shares import Share
from .stash import REPORTS
from .units import Unit

if TYPE_CHECKING:
    from ..verdict.report import Report
    from .shares import Tallies


@dataclass(frozen=True)
class Judged:
    """A report on the unit of that name, or on a share of it, what to run next, and what a share adds to the sum.

    It holds what can be pickled.
    """

    name: str
    share: Share | None
    report: "Report"
    next: list[str]
    tallies: "Tallies" = field(default_factory=dict)


def say(item: pytest.Item, report: pytest.TestReport, raised: pytest.ExceptionInfo[BaseException] | None) -> None:
    """Begin the line of a verdict in pytest's summary with the message, not with the name of its exception."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None or raised is None:
        return
    judged = isinstance(item, Unit) and REPORTS in item.stash
    if judged or isinstance(raised.value, GradientMismatch):
        crash.message = str(raised.value)


def judged(item: pytest.Item) -> list[Judged]:
    whole = item.whole if isinstance(item, Unit) else item.nodeid
    share = item.share if isinstance(item, Unit) else None
    tallies = item.tallies if isinstance(item, Unit) else {}
    return [
        Judged(whole, share, report, next_steps(item, report), tallies)
        for report in item.stash.get(REPORTS, [])
    ]


def next_steps(item: pytest.Item, report: "Report") -> list[str]:
    """Commands that show the failure again and what is behind it."""
    if report.smallest is None:
        return []
    unit = isinstance(item, Unit)
    steps = [f"gradcheck blame {report.name} --case {report.smallest}"] if unit and report.verdict == "wrong" else []
    if judges(item):
        name = item.whole if isinstance(item, Unit) else item.nodeid
        return [f"pytest {shlex.quote(name)} --gradcheck-case {report.smallest}", *steps]
    return [report.again]


def properties(report: "Report") -> dict[str, Any]:
    """What a test property says of a report: verdict, cases, worst error over tolerance, how to see a failure again."""
    worst = report.worst if report.finding is None else report.finding.ratio
    stated = {"verdict": report.verdict, "cases": report.cases, "worst": f"{worst:.3g}", "again": report.again}
    return {f"gradcheck_{name}": value for name, value in stated.items() if value != ""}
