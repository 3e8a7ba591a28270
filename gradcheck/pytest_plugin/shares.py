"""Shares: the cases of a unit, divided into several tests, so that workers of xdist can judge them in parallel.

Their names look like parameters, `lstm[1-50]`, ..., `lstm[exact]`: `pytest manual/lstm.py::lstm` judges all of them.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ..unit.discovery import UnitFiles

if TYPE_CHECKING:
    from ..unit.subject import Subject
    from ..verdict.report import Report
    from ..verdict.tally import Tally
    from ..verification.settings import Settings, Step

    Tallies = dict[Step, Tally]

SHARE_SIZE = 50
"""Cases of a share, a multiple of `batches.BATCH_SIZE`: a few seconds for the slowest units."""
EXACT_SHARE = "exact"


@dataclass(frozen=True)
class CaseShare:
    """Share number `index` of `count`: the cases from `start` to `stop`; the last share is exact arithmetic."""

    index: int
    count: int
    start: int
    stop: int

    @property
    def exact(self) -> bool:
        return self.index == self.count - 1

    @property
    def name(self) -> str:
        return EXACT_SHARE if self.exact else f"{self.start + 1}-{self.stop}"


def divide_into_shares(cases: int) -> list[CaseShare]:
    """Divide the cases of a unit into shares; none if there are few cases."""
    starts = range(0, cases, SHARE_SIZE) if cases > SHARE_SIZE else ()
    of = len(starts) + 1
    numeric = [CaseShare(place, of, start, min(start + SHARE_SIZE, cases)) for place, start in enumerate(starts)]
    return [*numeric, CaseShare(of - 1, of, cases, cases)] if numeric else []


def judge_share(
    pair: UnitFiles, share: CaseShare | None, given: Mapping[str, Any], replay: Sequence[str] = ()
) -> "tuple[Report, Tallies]":
    """Judge a unit, or a share of it; return the report and the tallies of the share.

    The cases of `replay` are judged first, in every share: any of them may be the only one to be run again.

    Skip the test if a marker asks for fewer cases than come before the share.
    """
    from ..verification.api import attempt, examine
    from ..verification.conclusion import conclude
    from ..verification.judge import add_up, judge_steps

    if share is None:
        return attempt(pair, partial(examine, **given, replay=() if "case" in given else replay)), {}
    settings = replace(share_settings(share, **given), replay={pair.name: tuple(replay)} if replay else {})
    tallies: "Tallies" = {}

    def judge_steps_of(subject: "Subject") -> "Report":
        started = time.perf_counter()
        tallies.update(judge_steps(subject, settings))
        report = conclude(subject, add_up(tallies), settings)
        report.seconds = time.perf_counter() - started
        return report

    return attempt(pair, judge_steps_of), tallies


def share_settings(share: CaseShare, cases: int, seed: int) -> "Settings":
    from ..verification.settings import Settings

    if share.exact:
        return Settings(0, seed)
    if cases <= share.start:
        pytest.skip(f"only {cases} cases are asked for")
    stop = cases if share.index == share.count - 2 else min(share.stop, cases)
    return Settings(stop, seed, share.start, exact_cases=0)


def merge_shares(
    pair: UnitFiles, reports: "Mapping[CaseShare, Report]", tallies: "Tallies", given: Mapping[str, Any]
) -> "Report":
    """Merge the reports on the shares of a unit: the first that is not good, else the conclusion from their sum.

    No share can say what holds for all: that every digit is kept, or that the unit is proved.
    """
    from ..verdict.report import add_tally
    from ..verification.judge import add_up

    whole = add_up(tallies)
    in_order = [reports[share] for share in sorted(reports, key=lambda share: share.index)]
    missing = next(iter(reports)).count - len(reports)
    report = next((report for report in in_order if not report.good), None)
    if report is None:
        report = describe_part(in_order, missing) if missing else conclude_whole(pair, whole, given)
    return replace(add_tally(report, whole), seconds=sum(report.seconds for report in in_order))


def describe_part(reports: "Sequence[Report]", missing: int) -> "Report":
    """The report on a unit of which some shares are missing: it may be imprecise, but is not proved."""
    report = next((report for report in reports if report.verdict == "imprecise"), reports[-1])
    note = f"{missing} of its {missing + len(reports)} shares were not judged"
    if report.verdict == "imprecise":
        return replace(report, reason=f"{report.reason}; {note}", notes=(note, *report.notes))
    return replace(report, verdict="agrees", certificate=None, reason=note, notes=(note, *report.notes))


def conclude_whole(pair: UnitFiles, whole: "Tally", given: Mapping[str, Any]) -> "Report":
    from ..unit.isolation import restore_global_state
    from ..verification.api import attempt
    from ..verification.conclusion import conclude
    from ..verification.settings import Settings

    with restore_global_state():
        return attempt(pair, partial(conclude, tally=whole, settings=Settings(**given)))
