"""The failure of a unit that is not pure, and the comparison of two calls."""

from typing import NoReturn

import numpy as np

from ..cases.arrays import Arrays
from ..execution.run import Run
from ..judges.comparison import compare_tensor
from ..judges.tolerance import ToleranceModel
from .failure import CheckFailed, Failure

KEEP_NOTHING = "keep no state between calls, and return no array that backward reads later"


def require_same_result(
    run: Run, what: str, now: Arrays, before: Arrays, tolerances: ToleranceModel, remedy: str = KEEP_NOTHING
) -> None:
    for name in tolerances.specs:
        if np.array_equal(now[name], before[name], equal_nan=True):
            continue
        comparison = compare_tensor(name, now[name], before[name], tolerances)
        if comparison.ratio > 1:
            fail_purity(f"{what} gives a different {name}", remedy)


def fail_purity(headline: str, remedy: str) -> NoReturn:
    raise CheckFailed(Failure("purity", "wrong", headline, (("remedy", remedy),)))
