"""An implementation that is not ours, where the unit names one and it has this form, agrees."""

from ..compare import compare
from ..finding import Fall, Finding, place, said, times, worst_line
from ..run import Run


def climb(run: Run) -> float:
    judgement = run.oracle.outside
    pairs = [(n, run.outputs[n], judgement.outputs[n], run.output_yardstick) for n in run.output_yardstick.specs]
    pairs += [
        (n, run.gradients[n], judgement.gradients[n], run.gradient_yardstick) for n in run.gradient_yardstick.specs
    ]
    comparisons = [compare(*pair) for pair in pairs]
    worst = max(comparisons, key=lambda c: c.ratio, default=None)
    if worst is None or worst.ratio <= 1:
        return worst.ratio if worst else 0.0
    entry = worst.worst[0]
    what = place(worst.name, entry) if worst.name in run.outputs else f"d{place(worst.name, entry)}"
    opinions = {"manual": entry.manual, "outside": entry.judge}
    headline = f"{what}: {said(opinions)}: {times(entry.ratio)} tolerance"
    reason = "the outside implementation is the odd one out (manual, autograd and complex step agree)"
    details = (("verdict", reason), ("worst", worst_line(worst)))
    numbers = {"manual": float(entry.manual.real), "outside": float(entry.judge.real)}
    raise Fall(Finding("outside", "judges split", headline, details, tuple(comparisons), numbers, worst.ratio))
