"""Compares two results that must be equal: by a law, or because the same call was made twice."""

from collections.abc import Callable
from typing import NoReturn

import numpy as np

from ..cases.arrays import Array, Arrays
from ..execution.run import Run
from ..judges.comparison import compare_tensor
from ..judges.tolerance import UNIT_ROUNDOFF, ToleranceModel
from .failure import CheckFailed, Failure, format_entry, format_error_ratio, format_opinions, format_worst_entries
from .terms import measure_terms

TERM_ROUNDING = {"float64": 64 * UNIT_ROUNDOFF["float64"], "float32": 16 * UNIT_ROUNDOFF["float32"]}
"""The rounding of a sum of a few terms, as a share of their magnitude."""
KEEP_NOTHING = "keep no state between calls, and return no array that backward reads later"


def require_equal_gradients(run: Run, law: str, found: Arrays, wanted: Arrays, size: Arrays | None = None) -> float:
    found, wanted = {n: found[n] for n in run.differentiable}, {n: wanted[n] for n in run.differentiable}
    return require_equal_tensors(run, law, found, wanted, run.gradient_tolerances, size, "d")


def require_equal_tensors(
    run: Run,
    law: str,
    found: Arrays,
    wanted: Arrays,
    tolerances: ToleranceModel,
    size: Arrays | None = None,
    prefix: str = "",
) -> float:
    """Compare tensors by name that a law says are equal; return the largest error/tolerance ratio.

    Each side may be off by its tolerance, so their difference may be twice that, and the rounding of the terms that
    were summed on the way.  Where both are NaN, or the same infinity, they are equal: whether a gradient must be
    finite is another question.

    law         the law in words, for the message
    tolerances  those of the outputs or of the gradients
    size        by name, the magnitude of the terms that were summed
    prefix      `d` if the tensors are gradients

    Raises CheckFailed if the ratio exceeds 1.
    """
    worst = 0.0
    for name in tolerances.specs:
        if name not in found:
            continue
        terms = np.zeros(()) if size is None else TERM_ROUNDING[run.case.dtype] * size[name]
        one, other = blank_not_finite(found[name], wanted[name])
        comparison = compare_tensor(name, one, other, tolerances, widen_by_terms(np.where(np.isnan(terms), 0, terms)))
        if comparison.ratio > 1 and prefix and is_rounding_of_terms(run, name, one - other):
            worst = max(worst, 1.0)
            continue
        worst = max(worst, comparison.ratio)
        if comparison.ratio > 1:
            entry = comparison.worst[0]
            opinions = format_opinions({"got": entry.manual, "expected": entry.judge})
            what = f"{prefix}{format_entry(name, entry)} {opinions}: {format_error_ratio(entry.ratio)} tolerance"
            fail_law(law, what, format_worst_entries(comparison), comparison.ratio)
    return worst


def blank_not_finite(one: Array, other: Array) -> tuple[Array, Array]:
    """Put 0 for the entries where both are NaN, or the same infinity."""
    same = ~np.isfinite(one) & ((one == other) | np.isnan(one) & np.isnan(other))
    return (np.where(same, 0, one), np.where(same, 0, other)) if same.any() else (one, other)


def is_rounding_of_terms(run: Run, name: str, difference: Array) -> bool:
    """Whether rounding explains a difference of gradients, given the terms that the reference sums for them."""
    if np.iscomplexobj(difference):
        return False
    largest = float(np.abs(difference).max(initial=0.0))
    unit = UNIT_ROUNDOFF[run.case.dtype]
    return bool(np.isfinite(largest) and largest <= 64 * unit * float(np.max(measure_terms(run, "gradient", name))))


def widen_by_terms(terms: Array) -> Callable[[Array], Array]:
    return lambda tolerance: 2 * tolerance + terms


def fail_law(law: str, what: str, worst: str = "", ratio: float = float("inf")) -> NoReturn:
    details = (("verdict", "manual breaks a law that a right backward satisfies"),) + (
        (("worst", worst),) if worst else ()
    )
    raise CheckFailed(Failure("vjp laws", "wrong", f"breaks a VJP law ({law}): {what}", details, ratio=ratio))


def require_same_result(
    run: Run, what: str, now: Arrays, before: Arrays, tolerances: ToleranceModel, remedy: str = KEEP_NOTHING
) -> None:
    """Compare the tensors by name that a call gives with those of a call before; raise CheckFailed if they differ."""
    for name in tolerances.specs:
        if np.array_equal(now[name], before[name], equal_nan=True):
            continue
        comparison = compare_tensor(name, now[name], before[name], tolerances)
        if comparison.ratio > 1:
            fail_purity(f"{what} gives a different {name}", remedy)


def fail_purity(headline: str, remedy: str) -> NoReturn:
    raise CheckFailed(Failure("purity", "wrong", headline, (("remedy", remedy),)))
