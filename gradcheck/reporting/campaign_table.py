"""The output of `gradcheck campaign`: a progress bar on a terminal, some lines in a log; a table at the end."""

import time
from collections.abc import Sequence

from ..campaign.summary import UnitTotals, merge_closest_calls
from ..checks.failure import format_error_ratio
from ..verdict.counts import format_count
from .terminal import ProgressBar, build_table, format_log_row, make_console

CAMPAIGN_HEADINGS = ("unit", "cases", "skipped", "failed", "mean drawn", "mean guided", "worst", "worst case")
CAMPAIGN_WIDTHS = (24, 8, 8, 6, 10, 11, 9)
LOG_INTERVAL = 300.0
"""Seconds between two lines of a log."""


class CampaignDisplay(ProgressBar):
    """Shows the progress of all workers together, and the results at the end."""

    def __init__(self, cases: int, done: int, to_stderr: bool = False) -> None:
        super().__init__(make_console(to_stderr), cases)
        self.cases, self.before = cases, done
        self.started = self.said = time.monotonic()

    def show_progress(self, what: str, done: int) -> None:
        """Show that `done` cases are judged, those of earlier starts included."""
        now = time.monotonic()
        rate = (done - self.before) / max(now - self.started, 1e-9)
        self.update(f"{what}, {rate:.0f} cases a second", done)
        if not self.console.is_terminal and now - self.said > LOG_INTERVAL:
            self.console.print(f"{done} of {self.cases} cases, {rate:.0f} a second", markup=False)
            self.said = now

    def conclude(self, units: Sequence[UnitTotals], why: str) -> None:
        """Print the table, the closest calls, failures and unjudged units; `why` says what ended the campaign early."""
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
        failed = sum(total.failed for total in units)
        cases = sum(total.judged for total in units)
        said = f"{failed} failed" if failed else "none failed"
        self.console.print(
            f"\n{format_count(len(units), 'unit')}, {format_count(cases, 'case')} judged numerically, {said}",
            markup=False,
        )
        if why:
            remedy = "repeat the command to continue"
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
