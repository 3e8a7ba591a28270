"""An implementation that is not ours, where the unit names one and it has this form, agrees.

It is held to the rounding of the reference; where that does not explain a difference, its own is measured and added:
a scan of logarithms is right and rounds otherwise than a loop.
"""

from collections.abc import Callable

from ..cases.arrays import Array
from ..errors import IllConditioned, NotApplicable
from ..execution.run import Run
from ..judges.comparison import Comparison, compare, compare_within
from ..judges.oracle import Oracle
from ..judges.tolerance import Yardstick
from .finding import Fall, Finding, place, said, times, worst_line
from .kinks import refuse_kinks


def climb(run: Run) -> float:
    comparisons = [*compared(run, "output"), *compared(run, "gradient")]
    outputs = len(run.output_yardstick.specs)
    run.compared = {c.name if k < outputs else f"d{c.name}": c for k, c in enumerate(comparisons)}
    worst = max(comparisons, key=lambda c: c.ratio, default=None)
    if worst is None or worst.ratio <= 1:
        return worst.ratio if worst else 0.0
    refuse_kinks(run)
    entry = worst.worst[0]
    what = place(worst.name, entry) if worst.name in run.outputs else f"d{place(worst.name, entry)}"
    opinions = {"manual": entry.manual, "outside": entry.judge}
    headline = f"{what}: {said(opinions)}: {times(entry.ratio)} tolerance"
    reason = "the outside implementation is the odd one out (manual, autograd and complex step agree)"
    details = (("verdict", reason), ("worst", worst_line(worst)))
    numbers = {"manual": float(entry.manual.real), "outside": float(entry.judge.real)}
    raise Fall(Finding("outside", "judges split", headline, details, tuple(comparisons), numbers, worst.ratio))


def compared(run: Run, what: str) -> list[Comparison]:
    """The outputs or the gradients, each first within the tolerance of the reference alone."""
    outside: Oracle = run.oracle.outside
    yardstick: Yardstick = getattr(run, f"{what}_yardstick")
    found, judged = getattr(run, f"{what}s"), getattr(outside.judgement, f"{what}s")
    comparisons = []
    for name in yardstick.specs:
        comparison = compare_within(yardstick.specs[name], found[name], judged[name], yardstick.tolerance(name))
        if comparison.ratio > 1:
            comparison = compare(name, found[name], judged[name], yardstick, widening(name, yardstick, outside, what))
        comparisons.append(comparison)
    return comparisons


def widening(name: str, yardstick: Yardstick, outside: Oracle, what: str) -> Callable[[Array], Array]:
    def widen(tolerance: Array) -> Array:
        return tolerance + own_rounding(outside, what, yardstick.taken).tolerance(name)

    return widen


def own_rounding(outside: Oracle, what: str, samples: int) -> Yardstick:
    try:
        own: Yardstick = getattr(outside, f"{what}_yardstick")
        if not own.is_closed:
            own.sharpen(samples)
    except IllConditioned as error:
        raise NotApplicable(f"the rounding of the outside implementation grows to the size of {error}") from error
    return own
