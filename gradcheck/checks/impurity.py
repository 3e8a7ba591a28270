"""What a unit that is not pure is told, and whether two calls gave the same."""

from typing import NoReturn

import numpy as np

from ..cases.arrays import Arrays
from ..execution.run import Run
from ..judges.comparison import compare
from ..judges.tolerance import Yardstick
from .finding import Fall, Finding

REMEDY = "keep no state between calls, and hand out nothing that backward reads"


def repeated(run: Run, what: str, now: Arrays, before: Arrays, yardstick: Yardstick, remedy: str = REMEDY) -> None:
    for name in yardstick.specs:
        if np.array_equal(now[name], before[name]):
            continue
        comparison = compare(name, now[name], before[name], yardstick)
        if comparison.ratio > 1:
            impure(f"{what} gives another {name}", remedy)


def impure(headline: str, remedy: str) -> NoReturn:
    raise Fall(Finding("pure", "wrong", headline, (("remedy", remedy),)))
