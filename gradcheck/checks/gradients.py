"""Every gradient equals autograd's, in each tensor and time step."""

from ..errors import NotApplicable
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
from .kinks import skip_kinks
from .outcome import CheckOutcome


def check_gradients(run: Run) -> CheckOutcome:
    tolerances = run.gradient_tolerances
    comparisons = [
        compare_tensor(n, run.gradients[n], run.reference_result.gradients[n], tolerances) for n in tolerances.specs
    ]
    worst = max(comparisons, key=lambda c: c.ratio, default=None)
    if worst is None or worst.ratio <= 1:
        return CheckOutcome(worst.ratio if worst else 0.0, {f"d{c.name}": c for c in comparisons})
    skip_kinks(run)
    raise CheckFailed(describe_failure(run, worst, comparisons))


def describe_failure(run: Run, worst: TensorComparison, comparisons: list[TensorComparison]) -> Failure:
    entry = worst.worst[0]
    opinions = {"manual": entry.manual, "autograd": entry.judge}
    try:
        who, value = third.consult_third_judge(run, worst.name, entry.index)
        opinions[who] = value
        verdict, reason = find_odd_one_out(entry, who, value)
    except NotApplicable as why:
        verdict, reason = "wrong", f"the forwards agree, the gradients do not; {why}"
    headline = (
        f"d{format_entry(worst.name, entry)}: {format_opinions(opinions)}: {format_error_ratio(entry.ratio)} tolerance"
    )
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
    if not manual < autograd:  # also where manual is no number
        return "wrong", f"manual is the odd one out (autograd and {who} agree)"
    return "judges split", f"the reference is the odd one out (manual and {who} agree)"
