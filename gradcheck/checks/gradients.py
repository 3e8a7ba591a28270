"""Checks that every gradient equals autograd's, in each tensor and time step."""

from dataclasses import replace

import numpy as np

from ..cases.arrays import Array
from ..errors import IllConditioned, NotApplicable
from ..execution.run import Run
from ..judges.comparison import ComparedEntry, TensorComparison, compare_tensor
from . import tie_break as third
from .failure import (
    CheckFailed,
    Failure,
    Verdict,
    format_entry,
    format_error_ratio,
    format_opinions,
    format_other_tensors,
    format_worst_entries,
)
from .kinks import find_kinks
from .outcome import CheckOutcome

NOT_OWN_DERIVATIVE = "manual's backward is not the derivative of its forward"


def check_gradients(run: Run) -> CheckOutcome:
    tolerances = run.gradient_tolerances
    if run.subject.reference is None:
        require_own_finite(run)
    comparisons = [
        compare_tensor(n, run.gradients[n], run.oracle.judged_gradients[n], tolerances) for n in tolerances.specs
    ]
    worst = max(comparisons, key=lambda c: c.ratio, default=None)
    if worst is None or worst.ratio <= 1:
        tolerances.require_some_judged()
        left_out = tolerances.describe_left_out("d")
        return CheckOutcome(
            worst.ratio if worst else 0.0, {f"d{c.name}": c for c in comparisons}, ill_conditioned=left_out
        )
    require_finite(comparisons, run.subject.reference is None)
    kinks = run.compute_once(find_kinks)
    smooth = [leave_out_entries(c, kinks[c.name]) for c in comparisons]
    if not any(mask.any() for mask in kinks.values()):
        raise CheckFailed(describe_failure(run, worst, comparisons))
    if all(mask.all() for mask in kinks.values()):
        raise IllConditioned(f"{worst.name}, which has a kink here")
    worst = max(smooth, key=lambda c: c.ratio)
    if worst.ratio > 1:
        raise CheckFailed(describe_failure(run, worst, smooth))
    at_kinks = ", ".join(f"d{name}" for name, mask in kinks.items() if mask.any())
    said = f"entries of {at_kinks} at a kink, where any subgradient is right"
    return CheckOutcome(worst.ratio, {f"d{c.name}": c for c in smooth}, ill_conditioned=said)


def leave_out_entries(comparison: TensorComparison, entries: Array) -> TensorComparison:
    """Count entries as equal, whatever they are."""
    return replace(comparison, ratios=np.where(entries, 0.0, comparison.ratios))


def require_own_finite(run: Run) -> None:
    """Raise CheckFailed if a gradient of a unit without a reference is not finite although its outputs are."""
    if not all(np.isfinite(a).all() for a in run.outputs.values()):
        return
    for name, gradient in run.gradients.items():
        if not np.isfinite(gradient).all():
            reason = "the forward is finite, manual's gradient is not: a division by 0, or an overflow"
            headline = f"d{name} is not finite in {int((~np.isfinite(gradient)).sum())} of {gradient.size} entries"
            raise CheckFailed(Failure("gradients", "wrong", headline, (("verdict", reason),)))


def require_finite(comparisons: list[TensorComparison], alone: bool) -> None:
    """Raise CheckFailed if a gradient is not finite although autograd's gradient and the forwards are."""
    for comparison in comparisons:
        representable = np.abs(comparison.judge) <= np.finfo(comparison.manual.dtype).max
        no_number = ~np.isfinite(comparison.manual) & representable
        if no_number.any():
            entry = comparison.entry(int(np.argmax(no_number)))
            judge = "complex step" if alone else "autograd"
            reason = f"the forward and {judge} are finite, manual's gradient is not: a division by 0, or an overflow"
            opinions = {"manual": entry.manual, judge: entry.judge}
            raise CheckFailed(make_failure("wrong", reason, comparison, comparisons, entry, opinions))


def describe_failure(run: Run, worst: TensorComparison, comparisons: list[TensorComparison]) -> Failure:
    entry = worst.worst[0]
    if run.subject.reference is None:
        opinions = {"manual": entry.manual, "complex step": entry.judge}
        return make_failure("wrong", NOT_OWN_DERIVATIVE, worst, comparisons, entry, opinions)
    opinions = {"manual": entry.manual, "autograd": entry.judge}
    try:
        who, value = third.consult_third_judge(run, worst.name, entry.index)
        opinions[who] = value
        verdict, reason = find_odd_one_out(entry, who, value)
    except NotApplicable as why:
        verdict, reason = "wrong", f"the forwards agree, the gradients do not; {why}"
    return make_failure(verdict, reason, worst, comparisons, entry, opinions)


def make_failure(
    verdict: Verdict,
    reason: str,
    worst: TensorComparison,
    comparisons: list[TensorComparison],
    entry: ComparedEntry,
    opinions: dict[str, complex],
) -> Failure:
    where, ratio = format_entry(worst.name, entry), format_error_ratio(entry.ratio)
    headline = f"d{where}: {format_opinions(opinions)}: {ratio} tolerance"
    others = format_other_tensors([c for c in comparisons if c is not worst], "d")
    details = [("verdict", reason), ("worst", format_worst_entries(worst))] + (
        [("gradients", others)] if others else []
    )
    numbers = {who: float(value.real) for who, value in opinions.items()}
    return Failure("gradients", verdict, headline, tuple(details), tuple(comparisons), numbers, worst.ratio)


def find_odd_one_out(entry: ComparedEntry, who: str, third: complex) -> tuple[Verdict, str]:
    """Decide which of manual and autograd the third opinion supports.

    It supports the nearer one, if that is within the tolerance, or within a tenth of their disagreement.
    """
    near = max(abs(entry.manual - entry.judge) / 10, entry.tolerance)
    manual, autograd = abs(third - entry.manual), abs(third - entry.judge)
    if min(manual, autograd) > near:
        return "judges split", f"manual, autograd and {who} all differ"
    if autograd <= manual:
        return "wrong", f"manual is the odd one out (autograd and {who} agree)"
    return "judges split", f"the reference is the odd one out (manual and {who} agree)"
