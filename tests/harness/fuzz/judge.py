"""Judges generated units as `gradcheck verify` does, in workers, and says what is wrong with a report."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from gradcheck.checks.failure import Verdict
from gradcheck.records import UnitRecord, fill, format_json
from gradcheck.unit.discovery import UnitFiles, discover
from gradcheck.verdict.report import Report
from gradcheck.verification.scheduler import judge_units
from gradcheck.verification.settings import Settings
from tests.harness.fuzz.generate import write_unit

CASES = 3
TIMEOUT = 2.0
PATIENCE = 30.0
"""Seconds, at most, from one report to the next: a worker may take four times its time, and one second."""


def write_units(folder: Path, seed: int, numbers: Sequence[int]) -> list[UnitFiles]:
    (folder / "pyproject.toml").write_text("")
    for number in numbers:
        write_unit(folder, seed, number)
    return discover(folder)


def judge_all(pairs: Sequence[UnitFiles]) -> Iterator[tuple[Report, str]]:
    """Judge units; yield each report, and what is wrong with it."""
    settings = Settings(CASES, exact_cases=1, mutants=0, diagnose=True)
    before = time.monotonic()
    for _, report in judge_units(pairs, settings, 1, TIMEOUT):
        waited, before = time.monotonic() - before, time.monotonic()
        yield report, find_complaint(report) or (f"it took {waited:.0f} s" if waited > PATIENCE else "")


def find_complaint(report: Report) -> str:
    """What is wrong with a report: a defect of gradcheck, no known verdict, a verdict without a reason, or no JSON."""
    said = "\n".join((report.message, report.reason, *report.notes, str(report)))
    if "a defect of gradcheck" in said:
        return said
    if report.verdict not in get_args(Verdict):
        return f"its verdict is {report.verdict!r}"
    if not report.good and not report.message:
        return "it has a verdict and no message"
    format_json(fill(report, UnitRecord)).encode("utf-8", "backslashreplace")
    return ""
