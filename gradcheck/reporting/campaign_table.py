"""What `gradcheck campaign` shows: a bar on a terminal, a line now and then in a log; a table at the end."""

import time
from collections.abc import Sequence

from ..campaign.summary import UnitTotals, merge_closest_calls
from ..checks.failure import format_error_ratio
from .terminal import ProgressBar, build_table, format_log_row, make_console

CAMPAIGN_HEADINGS = ("unit", "cases", "skipped", "failed", "mean drawn", "mean guided", "worst", "worst case")
CAMPAIGN_WIDTHS = (24, 8, 8, 6, 10, 11, 9)
LOG_INTERVAL = 300.0
"""Seconds between two lines of a log."""


class CampaignDisplay(ProgressBar):
    """Progress of all workers together, and what was found at the end."""

    def __init__(self, cases: int, done: int, to_stderr: bool = False) -> None:
        super().__init__(make_console(to_stderr), cases)
        self.cases, self.before = cases, done
        self.started = self.said = time.monotonic()

    def show_progress(self, what: str, done: int) -> None:
        """`done` cases are judged, of an earlier start too."""
        now = time.monotonic()
        rate = (done - self.before) / max(now - self.started, 1e-9)
        self.update(f"{what}, {rate:.0f} cases a second", done)
        if not self.console.is_terminal and now - self.said > LOG_INTERVAL:
            self.console.print(f"{done} of {self.cases} cases, {rate:.0f} a second", markup=False)
            self.said = now

    def conclude(self, units: Sequence[UnitTotals], why: str) -> None:
        """The table, the closest calls, what fell and what could not be judged; `why` is what ended it early."""
        rows = [(format_campaign_row(total), "bold red" if total.exit_code else "") for total in units]
        if self.console.is_terminal:
            self.console.print(build_table(CAMPAIGN_HEADINGS, rows))
        else:
            self.console.print(
                "\n".join(
                    format_log_row(cells, CAMPAIGN_WIDTHS) for cells in (CAMPAIGN_HEADINGS, *(r for r, _ in rows))
                )
            )
        if calls := merge_closest_calls(units):
            lines = [f"  {format_error_ratio(call.ratio):<9} {call.unit} {call.case}" for call in calls]
            self.console.print("\n".join(["\nclosest calls", *lines]), markup=False)
        for message in [message for total in units for message in total.messages]:
            self.console.print("\n" + message, markup=False)
        fell = sum(total.failed for total in units)
        cases = sum(total.judged for total in units)
        said = f"{fell} fell" if fell else "none fell"
        self.console.print(f"\n{len(units)} units, {cases} cases judged numerically, {said}", markup=False)
        if why:
            remedy = "the same command goes on where it was"
            self.console.print(
                f"{why}: {min(cases, self.cases)} of {self.cases} cases are done; {remedy}", markup=False
            )


def format_campaign_row(total: UnitTotals) -> tuple[str, ...]:
    return (
        total.pair.name,
        str(total.judged),
        str(total.skipped),
        str(total.failed),
        f"{total.mean_ratio('drawn'):.3f}" if total.passed["drawn"] else "-",
        f"{total.mean_ratio('guided'):.3f}" if total.passed["guided"] else "-",
        format_error_ratio(total.worst.ratio) if total.worst else "-",
        total.worst.case if total.worst else "-",
    )
