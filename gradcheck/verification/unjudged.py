"""Why a case says nothing of a unit: its numbers or its reference's are not finite there, or it refuses the size."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..cases.case import Case
from ..checks.kinks import skip_kinks
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..unit.isolation import end_forked_children
from ..unit.unrecorded import unrecorded
from ..verdict.counts import format_count
from ..verdict.tally import Tally

MINE, THEIRS, BOTH = "the unit's", "the reference's", "the unit's and the reference's"


class NotFinite(NamedTuple):
    """Whose outputs, or else whose gradients, are not finite."""

    whose: str
    what: str

    def __str__(self) -> str:
        return f"{self.whose} {self.what} are not finite"


def find_not_finite(run: Run) -> NotFinite | None:
    """What is not finite; None where all is, or where the unit raises."""
    try:
        for what in ("outputs", "gradients"):
            mine, theirs = is_finite(getattr(run, what)), is_finite(getattr(run.reference_result, what))
            if not (mine and theirs):
                return NotFinite(THEIRS if mine else MINE if theirs else BOTH, what)
    except (DeclarationError, UnitRaised):
        pass
    return None


def is_finite(arrays: Mapping[str, Any]) -> bool:
    return all(np.isfinite(a).all() for a in arrays.values())


def excuse_not_finite(run: Run, check: str) -> str:
    """Why a failure at designed values, or at a size of 0, says nothing of the unit: a quotient of zeros.

    A backward that alone is not finite has no such excuse, unless the forward has a kink there, or divides by zero too,
    such as a norm of no numbers.  It obeys no law either, of which nothing is said once the check of the gradients has
    judged it.
    """
    empty = 0 in run.case.sizes.values()
    found = find_not_finite(run) if run.case.values or run.case.same or empty else None
    if found is None:
        return ""
    excused = found != NotFinite(MINE, "gradients") or check == "vjp laws" or is_at_kink(run)
    return str(found) if excused or (empty and divides_by_zero(run)) else ""


def divides_by_zero(run: Run) -> bool:
    """Whether the forward divides by zero on the way to its outputs, even if these are empty, or finite."""
    try:
        with unrecorded(), end_forked_children(), np.errstate(divide="raise", invalid="raise"):
            run.subject.unit(**run.inputs, **run.options)
    except FloatingPointError:
        return True
    return False


def is_at_kink(run: Run) -> bool:
    """Whether the gradient of the reference jumps here: it is a convention then, and none is as good."""
    try:
        skip_kinks(run)
    except IllConditioned:
        return True
    return False


def explain_refusal(run: Run, error: Exception) -> str:
    """Whether the unit refuses a size of 0 that the reference takes; nothing where both refuse it."""
    try:
        run.reference_result  # noqa: B018
    except DeclarationError:
        return ""
    return f"the unit does not take a size of 0, and the reference does ({error})"


def explain_raising_reference(case: Case, error: Exception) -> str:
    """Whether the reference raises at designed values, such as a matrix that is singular where it is zero."""
    raised = isinstance(error, DeclarationError) and isinstance(error.__cause__, Exception)
    return f"the reference raises ({error.__cause__})" if raised and case.values else ""


def describe_unjudged(tally: Tally) -> tuple[str, ...]:
    """A note for each kind of reason, with the smallest case, its reason, and how many more there are.

    Reasons are of a kind if they differ only in what stands after "of", such as the tensors that are left out.
    """
    kinds: dict[str, list[tuple[Case, str, int]]] = {}
    for reason, (count, case) in tally.unjudged.items():
        kinds.setdefault(reason.partition(" of ")[0], []).append((case, reason, count))
    return tuple(describe_kind(found) for _, found in sorted(kinds.items()))


def describe_kind(found: list[tuple[Case, str, int]]) -> str:
    case, reason, _ = min(found, key=lambda each: (each[0].complexity, str(each[0])))
    more = sum(count for _, _, count in found) - 1
    others = f" and {format_count(more, 'more case')}" if more else ""
    return f"not judged at {case}{others}: {reason}"
