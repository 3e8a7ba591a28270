"""Every gradient equals autograd's, per tensor and time step."""

from ..errors import NotApplicable
from ..execution.run import Run
from ..judges.comparison import Comparison, Entry, compare
from . import tie_break as third
from .finding import Fall, Finding, Verdict, others_line, place, said, times, worst_line
from .kinks import refuse_kinks


def climb(run: Run) -> float:
    yardstick = run.gradient_yardstick
    comparisons = [compare(n, run.gradients[n], run.judgement.gradients[n], yardstick) for n in yardstick.specs]
    run.compared = {f"d{c.name}": c for c in comparisons}
    worst = max(comparisons, key=lambda c: c.ratio, default=None)
    if worst is None or worst.ratio <= 1:
        return worst.ratio if worst else 0.0
    refuse_kinks(run)
    raise Fall(finding(run, worst, comparisons))


def finding(run: Run, worst: Comparison, comparisons: list[Comparison]) -> Finding:
    entry = worst.worst[0]
    opinions = {"manual": entry.manual, "autograd": entry.judge}
    try:
        who, value = third.entry(run, worst.name, entry.index)
        opinions[who] = value
        verdict, reason = odd_one_out(entry, who, value)
    except NotApplicable as why:
        verdict, reason = "wrong", f"the forwards agree, the gradients do not; {why}"
    headline = f"d{place(worst.name, entry)}: {said(opinions)}: {times(entry.ratio)} tolerance"
    others = others_line([c for c in comparisons if c is not worst], "d")
    details = [("verdict", reason), ("worst", worst_line(worst))] + ([("gradients", others)] if others else [])
    numbers = {who: float(value.real) for who, value in opinions.items()}
    return Finding("gradients", verdict, headline, tuple(details), tuple(comparisons), numbers, worst.ratio)


def odd_one_out(entry: Entry, who: str, third: complex) -> tuple[Verdict, str]:
    """Whom the third opinion supports: the nearer, within a tenth of the disagreement or within the tolerance."""
    near = max(abs(entry.manual - entry.judge) / 10, entry.tolerance)
    manual, autograd = abs(third - entry.manual), abs(third - entry.judge)
    if min(manual, autograd) > near:
        return "judges split", f"manual, autograd and {who} all differ"
    if autograd <= manual:
        return "wrong", f"manual is the odd one out (autograd and {who} agree)"
    return "judges split", f"the reference is the odd one out (manual and {who} agree)"
