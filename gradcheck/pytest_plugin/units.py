"""Collects units from their files: `pytest manual/recurrent/lstm.py`, or `pytest` where it walks that folder.

They are those of `gradcheck verify`.  A project is one of ours if it has [tool.gradcheck], or a pair of files of the
same name, each with a function of that name, in `manual` and `reference` beside its pyproject.toml.
"""

from pathlib import Path
from typing import Self

import pytest

from ..unit.discovery import Pair
from .settings import arguments
from .shares import Share, judge, shares
from .stash import keep

FELL = pytest.StashKey["Unit"]()
"""In the stash of a file: the share that fell in this process, after which the others say no more."""


class UnitFile(pytest.File):
    """The manual file of a unit, or its reference where that is all there is."""

    pair: Pair

    @classmethod
    def of(cls, pair: Pair, path: Path, parent: pytest.Collector) -> Self:
        file: Self = cls.from_parent(parent, path=path)
        file.pair = pair
        return file

    def collect(self) -> list["Unit"]:
        given = arguments(self, {})
        divided = [] if "case" in given else shares(given["cases"])
        return [Unit.of(self, share) for share in divided] or [Unit.of(self, None)]


class Unit(pytest.Item):
    """The verdict on a unit, or on a share of its cases."""

    pair: Pair
    share: Share | None
    whole: str
    """The name by which pytest judges all of its shares."""

    @classmethod
    def of(cls, file: UnitFile, share: Share | None) -> Self:
        whole = f"{file.nodeid}::{file.pair.name}"
        suffix = "" if share is None else f"[{share.name}]"
        # by its nodeid pytest knows what is in brackets as parameters, and finds it again among those that failed last
        unit: Self = cls.from_parent(file, name=f"{file.pair.name}{suffix}", nodeid=f"{whole}{suffix}")
        unit.pair, unit.share, unit.whole = file.pair, share, whole
        unit.add_marker("gradcheck")
        return unit

    def runtest(self) -> None:
        fell = self.parent.stash.get(FELL, self) if self.parent is not None else self
        if fell is not self:
            raise pytest.skip.Exception(f"{fell.name} fell", _use_item_location=True)
        report = judge(self.pair, self.share, arguments(self, {}))
        keep(self, report)
        if not report.good:
            if self.parent is not None:
                self.parent.stash[FELL] = self
            pytest.fail(report.message, pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name
