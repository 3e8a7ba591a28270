"""The summary of all units at the end: on the terminal, in a file, and on the page of a GitHub Actions run."""

import os
import pickle
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..unit.discovery import UsageError
from .judged import JudgedUnit
from .shares import merge_shares

if TYPE_CHECKING:
    from ..verdict.report import Report


class SessionSummary:
    """Collects what is attached to test reports, from this process or from workers, and prints it once."""

    def __init__(self, config: pytest.Config) -> None:
        self.file: Path | None = config.getoption("gradcheck_report")
        self.sarif: Path | None = config.getoption("gradcheck_sarif")
        self.collected_only: bool = config.getoption("collectonly")
        self.tests: dict[str, list[JudgedUnit]] = {}
        self.failed: set[str] = set()
        self.trouble: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        judged = getattr(report, "gradcheck", None)
        if judged is not None:
            self.tests[report.nodeid] = pickle.loads(judged)
            self.failed.discard(report.nodeid)
            if report.failed:
                self.failed.add(report.nodeid)

    @cached_property
    def judged(self) -> list[JudgedUnit]:
        """All that was judged; asked for at the end, when nothing more comes."""
        return merge_by_unit([each for _, judged in sorted(self.tests.items()) for each in judged])

    @property
    def failures(self) -> list[JudgedUnit]:
        """The units of failed tests, except those that were expected to fail."""
        failed = merge_by_unit([each for name in sorted(self.failed) for each in self.tests[name]])
        return [each for each in failed if each.report.message]

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write the results so far, even if the session was interrupted."""
        page = os.environ.get("GITHUB_STEP_SUMMARY")
        if page and self.tests:
            try:
                with open(page, "a", encoding="utf-8") as file:
                    file.write(format_markdown(self.judged, self.failures))
            except OSError as error:
                self.trouble.append(
                    f"GITHUB_STEP_SUMMARY={page}: it cannot be written ({error}); name a file that can be written"
                )
        if self.file is not None and not self.collected_only:
            try:
                write_reports(
                    self.file, [each.report for each in self.judged], exitstatus == pytest.ExitCode.INTERRUPTED
                )
            except (OSError, UsageError) as error:
                self.trouble.append(f"--gradcheck-report {self.file}: it cannot be written ({error})")
        if self.sarif is not None and not self.collected_only:
            from ..reporting.sarif import write_sarif

            try:
                write_sarif([each.report for each in self.judged], self.sarif, "--gradcheck-sarif")
            except UsageError as error:
                self.trouble.append(str(error))

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        if not self.tests and not self.trouble:
            return
        from ..reporting.github import format_annotations, is_on_github
        from ..reporting.terminal import format_log_row
        from ..reporting.unit_table import UNIT_HEADINGS, UNIT_WIDTHS, VERDICT_STYLES, format_unit_row, list_omissions

        line = terminalreporter.write_line
        terminalreporter.section("gradcheck")
        line(format_log_row(UNIT_HEADINGS, UNIT_WIDTHS), bold=True)
        judged = self.judged
        for each in judged:
            style = VERDICT_STYLES.get(each.report.verdict, "bold yellow").replace("magenta", "purple")
            line(format_log_row(format_unit_row(each.report), UNIT_WIDTHS), **dict.fromkeys(style.split(), True))
        blocks = [list(dict.fromkeys(note for each in judged for note in list_omissions(each.report)))]
        blocks += [
            [f"{e.report.name}: next", *(f"  {step}" for step in e.next_steps)] for e in self.failures if e.next_steps
        ]
        blocks += [[format_sum(judged)], self.trouble]
        blocks += [format_annotations(each.report for each in self.failures)] if is_on_github() else []
        for block in blocks:
            if any(block):
                line("\n" + "\n".join(block))


def merge_by_unit(judged: Sequence[JudgedUnit]) -> list[JudgedUnit]:
    """Make one report for each unit: those on its shares are merged, at the place of the first."""
    grouped: dict[str | int, list[JudgedUnit]] = {}
    for number, each in enumerate(judged):
        grouped.setdefault(number if each.share is None else each.name, []).append(each)
    return [merge_unit_shares(some) for some in grouped.values()]


def merge_unit_shares(some: Sequence[JudgedUnit]) -> JudgedUnit:
    found = {each.share: each.report for each in some if each.share is not None}
    first = some[0]
    if first.pair is None or not found:
        return first
    tallies = {step: tally for each in some for step, tally in each.tallies.items()}
    report = merge_shares(first.pair, found, tallies, first.given)
    steps = next((each.next_steps for each in some if each.report.smallest == report.smallest), [])
    return replace(first, share=None, report=report, next_steps=steps)


def format_sum(judged: Sequence[JudgedUnit]) -> str:
    from ..reporting.unit_table import format_totals

    reports = [each.report for each in judged]
    return format_totals([r.verdict for r in reports], sum(r.cases for r in reports), sum(r.seconds for r in reports))


def format_markdown(judged: Sequence[JudgedUnit], failures: Sequence[JudgedUnit]) -> str:
    """Write a table, and below it the message of each failure."""
    from ..reporting.unit_table import UNIT_HEADINGS, format_unit_row

    rows = [UNIT_HEADINGS, ["---"] * len(UNIT_HEADINGS), *(format_unit_row(each.report) for each in judged)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    messages = "".join(f"\n```text\n{each.report.message}\n```\n" for each in failures)
    return f"## gradcheck\n\n{table}\n\n{format_sum(judged)}\n{messages}\n"


def write_reports(file: Path, reports: Sequence["Report"], interrupted: bool) -> None:
    """Write the reports as `gradcheck verify` does: as HTML or JSON, by the file's ending."""
    from ..reporting.html import write_html_report as write_page
    from ..reporting.json_file import write_json

    if file.suffix == ".html":
        write_page(reports, file)
    else:
        write_json("pytest", file, units=reports, interrupted=interrupted)
