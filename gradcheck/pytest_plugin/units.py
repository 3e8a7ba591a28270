"""Collects units from their files: `pytest manual/recurrent/lstm.py`, or `pytest` if it visits that folder.

The units are those of `gradcheck verify`.  The plugin acts in a project that has [tool.gradcheck], or a pair of files
of the same name, each with a function of that name, in `manual` and `reference` beside its pyproject.toml.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from ..unit.discovery import UnitFiles
from .settings import collect_arguments, open_failed_cases
from .shares import CaseShare, divide_into_shares, judge_share
from .stash import keep_report

if TYPE_CHECKING:
    from .shares import Tallies

FAILED_UNIT = pytest.StashKey["UnitItem"]()
"""In the stash of a file: the share that failed in this process; the others are then skipped."""


class UnitFile(pytest.File):
    """The manual file of a unit, or its reference if there is no manual file."""

    pair: UnitFiles

    @classmethod
    def of(cls, pair: UnitFiles, path: Path, parent: pytest.Collector) -> Self:
        file: Self = cls.from_parent(parent, path=path)
        file.pair = pair
        return file

    def collect(self) -> list["UnitItem"]:
        given = collect_arguments(self, {})
        divided = [] if "case" in given else divide_into_shares(given["cases"])
        replay = open_failed_cases().read(self.pair.name)
        return [UnitItem.of(self, share, replay) for share in divided] or [UnitItem.of(self, None, replay)]


class UnitItem(pytest.Item):
    """The verdict on a unit, or on a share of its cases."""

    pair: UnitFiles
    share: CaseShare | None
    unit_nodeid: str
    """The pytest name that selects all shares of the unit."""
    tallies: "Tallies"
    """The tallies of its steps, once they are judged; the tallies of all shares are added up."""
    given: dict[str, Any]
    """What it is judged with: the number of cases, and the seed or a case."""
    replay: Sequence[str]
    """The cases at which the unit failed in earlier sessions."""

    @classmethod
    def of(cls, file: UnitFile, share: CaseShare | None, replay: Sequence[str]) -> Self:
        whole = f"{file.nodeid}::{file.pair.name}"
        suffix = "" if share is None else f"[{share.name}]"
        # by its nodeid pytest knows what is in brackets as parameters, and finds it again among those that failed last
        unit: Self = cls.from_parent(file, name=f"{file.pair.name}{suffix}", nodeid=f"{whole}{suffix}")
        unit.pair, unit.share, unit.unit_nodeid, unit.tallies, unit.given = file.pair, share, whole, {}, {}
        unit.replay = replay
        unit.add_marker("gradcheck")
        return unit

    def runtest(self) -> None:
        first = self.parent.stash.get(FAILED_UNIT, self) if self.parent is not None else self
        if first is not self:
            raise pytest.skip.Exception(f"{first.name} failed", _use_item_location=True)
        self.given = collect_arguments(self, {})
        report, self.tallies = judge_share(self.pair, self.share, self.given, self.replay)
        open_failed_cases().note(report, () if "case" in self.given else self.replay)
        keep_report(self, report)
        if not report.passes(self.config.getoption("gradcheck_strict")):
            if self.parent is not None:
                self.parent.stash[FAILED_UNIT] = self
            pytest.fail(report.complaint, pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name
