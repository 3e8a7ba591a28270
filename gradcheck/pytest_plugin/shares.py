"""The shares of a unit that is judged on many cases: tests of their own, so that workers of xdist divide them evenly.

They are named as parameters are, `lstm[1-50]`, ..., `lstm[exact]`: `pytest manual/lstm.py::lstm` judges all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ..unit.discovery import Pair

if TYPE_CHECKING:
    from ..verdict.report import Report

SIZE = 50
"""Cases of a share, a multiple of `ranges.SIZE`: some seconds of the slowest units."""
EXACT = "exact"


@dataclass(frozen=True)
class Share:
    """The share of that place among `of`: the cases from `start` to `stop`, or exact arithmetic, which is the last."""

    place: int
    of: int
    start: int
    stop: int

    @property
    def exact(self) -> bool:
        return self.place == self.of - 1

    @property
    def name(self) -> str:
        return EXACT if self.exact else f"{self.start + 1}-{self.stop}"


def shares(cases: int) -> list[Share]:
    """The shares of a unit judged on that many cases; none where they are few."""
    starts = range(0, cases, SIZE) if cases > SIZE else ()
    of = len(starts) + 1
    numeric = [Share(place, of, start, min(start + SIZE, cases)) for place, start in enumerate(starts)]
    return [*numeric, Share(of - 1, of, cases, cases)] if numeric else []


def judge(pair: Pair, share: Share | None, given: Mapping[str, Any]) -> "Report":
    """The report on a unit, or on its share; pytest.skip where a marker asks for fewer cases than come before it."""
    from ..cli.options import attempt
    from ..verification.api import examine, prove

    if share is None:
        return attempt(pair, partial(examine, **given))
    cases, seed = given["cases"], given["seed"]
    if share.exact:
        return attempt(pair, partial(prove, seed=seed))
    if cases <= share.start:
        pytest.skip(f"{cases} cases are asked for")
    stop = cases if share.place == share.of - 2 else min(share.stop, cases)
    return attempt(pair, partial(examine, cases=stop, start=share.start, seed=seed, exact=False))


def merged(found: Mapping[Share, "Report"]) -> "Report":
    """The report on a unit from those on its shares: that of the first that is not good, or of all."""
    from ..verification.stages import Part, total

    by_place = sorted(found.items(), key=lambda item: item[0].place)
    parts = [Part(replace(r, cases=0) if share.exact else r) for share, r in by_place]
    whole = total(by_place[0][1].name, parts).report
    missing = by_place[0][0].of - len(found)
    if whole.good and missing:
        whole.verdict, whole.certificate = "agrees", None
        whole.reason = f"{missing} of its {by_place[0][0].of} shares were not judged"
        whole.notes = (whole.reason, *whole.notes)
    return whole
