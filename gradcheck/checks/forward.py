"""Checks that manual's outputs equal the reference's, in each tensor and time step."""

from ..errors import IllConditioned, NotApplicable, Unfinished
from ..execution.run import Run
from ..judges.comparison import compare_tensor
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
from .kinks import do_outputs_jump
from .outcome import CheckOutcome

NO_REFERENCE = "there is no reference: whether the forward is the function meant is not asked"


def consult_backward(run: Run, reason: str) -> tuple[Verdict, str]:
    """Decide the verdict where manual and reference compute different functions, and no third judge knows the function.

    A backward that is not the derivative of its own forward is wrong, whichever function was meant.
    """
    unknown = "no third judge knows which function is meant"
    try:
        fits = third.is_own_derivative(run)
    except Unfinished:
        return "judges split", f"{reason}; {unknown}, and manual's backward is not written yet"
    if fits is False:
        return "wrong", f"{reason}, and manual's backward is not the derivative of its own forward"
    known = f"manual's backward is the derivative of its own forward, and {unknown}" if fits else unknown
    return "judges split", f"{reason}; {known}"


def check_forward(run: Run) -> CheckOutcome:
    if run.subject.reference is None:
        raise NotApplicable(NO_REFERENCE)
    tolerances = run.output_tolerances
    comparisons = [
        compare_tensor(n, run.outputs[n], run.reference_result.outputs[n], tolerances) for n in tolerances.specs
    ]
    worst = max(comparisons, key=lambda c: c.ratio, default=None)
    if worst is None or worst.ratio <= 1:
        tolerances.require_some_judged()
        left_out = tolerances.describe_left_out()
        return CheckOutcome(worst.ratio if worst else 0.0, {c.name: c for c in comparisons}, ill_conditioned=left_out)
    if do_outputs_jump(run):
        raise IllConditioned(f"{worst.name}, which jumps here")
    entry = worst.worst[0]
    opinions = {"manual": entry.manual, "reference": entry.judge}
    verdict, reason = "judges split", "manual and reference compute different functions"
    try:
        theirs = run.oracle.third_party.reference_result.outputs[worst.name][entry.index].item()
        opinions["third party"] = theirs
        if abs(theirs - entry.judge) <= entry.tolerance:
            verdict, reason = "wrong", "manual is the odd one out (reference and the third party agree)"
        elif abs(theirs - entry.manual) <= entry.tolerance:
            reason = "the reference is the odd one out (manual and the third party agree)"
        else:
            reason = "manual, reference and the third party all differ"
    except NotApplicable:
        verdict, reason = consult_backward(run, reason)
    where, ratio = format_entry(worst.name, entry), format_error_ratio(entry.ratio)
    headline = f"forward {where}: {format_opinions(opinions)}: {ratio} tolerance"
    others = format_other_tensors([c for c in comparisons if c is not worst])
    details = [("verdict", reason), ("worst", format_worst_entries(worst))] + ([("outputs", others)] if others else [])
    numbers = {who: float(value.real) for who, value in opinions.items()}
    raise CheckFailed(Failure("forward", verdict, headline, tuple(details), tuple(comparisons), numbers, worst.ratio))  # type: ignore[arg-type]
