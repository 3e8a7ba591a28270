"""Whether what a law compares agrees, tensor by tensor; and what is said where a law is broken."""

from collections.abc import Callable
from typing import NoReturn

import numpy as np

from ..cases.arrays import Array, Arrays
from ..execution.run import Run
from ..judges.comparison import compare
from ..judges.tolerance import Yardstick
from .finding import Fall, Finding, place, said, times, worst_line

ROUNDING = {"float64": 64 * 2.0**-52, "float32": 16 * 2.0**-23}


def gradients_agree(run: Run, law: str, found: Arrays, wanted: Arrays, size: Arrays | None = None) -> float:
    found, wanted = {n: found[n] for n in run.given}, {n: wanted[n] for n in run.given}
    return agree(run, law, found, wanted, run.gradient_yardstick, size, "d")


def agree(
    run: Run,
    law: str,
    found: Arrays,
    wanted: Arrays,
    yardstick: Yardstick,
    size: Arrays | None = None,
    prefix: str = "",
) -> float:
    """The largest error over tolerance.

    Both sides may be off by the yardstick's tolerance, and by the rounding of their terms, `size`.
    """
    worst = 0.0
    for name in yardstick.specs:
        if name not in found:
            continue
        terms = np.zeros(()) if size is None else ROUNDING[run.case.dtype] * size[name]
        comparison = compare(name, found[name], wanted[name], yardstick, widening(terms))
        worst = max(worst, comparison.ratio)
        if comparison.ratio > 1:
            entry = comparison.worst[0]
            opinions = said({"found": entry.manual, "due": entry.judge})
            what = f"{prefix}{place(name, entry)} {opinions}: {times(entry.ratio)} tolerance"
            broken(law, what, worst_line(comparison), comparison.ratio)
    return worst


def widening(terms: Array) -> Callable[[Array], Array]:
    return lambda tolerance: 2 * tolerance + terms


def broken(law: str, what: str, worst: str = "", ratio: float = float("inf")) -> NoReturn:
    details = (("verdict", "manual breaks a law that every backward obeys"),) + ((("worst", worst),) if worst else ())
    raise Fall(Finding("laws", "wrong", f"law broken ({law}): {what}", details, ratio=ratio))
