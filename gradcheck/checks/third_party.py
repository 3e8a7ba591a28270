"""Checks that an implementation by someone else agrees, if the reference file names one that takes these inputs.

A difference must first be explained by the rounding of the reference.  If it is not, the rounding of the third party is
measured too and added: it may use another algorithm, such as a scan of logarithms where the reference has a loop.
"""

from collections.abc import Callable

from ..cases.arrays import Array
from ..errors import IllConditioned, NotApplicable
from ..execution.run import Run
from ..judges.comparison import TensorComparison, compare_tensor, compare_within
from ..judges.oracle import Oracle
from ..judges.tolerance import ToleranceModel
from .failure import CheckFailed, Failure, format_entry, format_error_ratio, format_opinions, format_worst_entries
from .kinks import skip_kinks
from .outcome import CheckOutcome


def check_third_party(run: Run) -> CheckOutcome:
    comparisons = [*compare_with_third_party(run, "output"), *compare_with_third_party(run, "gradient")]
    outputs = len(run.output_tolerances.specs)
    named = {c.name if k < outputs else f"d{c.name}": c for k, c in enumerate(comparisons)}
    worst = max(comparisons, key=lambda c: c.ratio, default=None)
    if worst is None or worst.ratio <= 1:
        return CheckOutcome(worst.ratio if worst else 0.0, named)
    skip_kinks(run)
    entry = worst.worst[0]
    what = format_entry(worst.name, entry) if worst.name in run.outputs else f"d{format_entry(worst.name, entry)}"
    opinions = {"manual": entry.manual, "third party": entry.judge}
    headline = f"{what}: {format_opinions(opinions)}: {format_error_ratio(entry.ratio)} tolerance"
    reason = "the third-party implementation is the odd one out (manual, autograd and complex step agree)"
    details = (("verdict", reason), ("worst", format_worst_entries(worst)))
    numbers = {"manual": float(entry.manual.real), "third party": float(entry.judge.real)}
    raise CheckFailed(
        Failure("third party", "judges split", headline, details, tuple(comparisons), numbers, worst.ratio)
    )


def compare_with_third_party(run: Run, what: str) -> list[TensorComparison]:
    """Compare the outputs or the gradients, each first with the tolerance of the reference alone."""
    third_party: Oracle = run.oracle.third_party
    tolerances: ToleranceModel = getattr(run, f"{what}_tolerances")
    found, judged = getattr(run, f"{what}s"), getattr(third_party.reference_result, f"{what}s")
    comparisons = []
    for name in tolerances.specs:
        comparison = compare_within(tolerances.specs[name], found[name], judged[name], tolerances.tolerance(name))
        if comparison.ratio > 1:
            comparison = compare_tensor(
                name, found[name], judged[name], tolerances, widen_by_own_rounding(name, tolerances, third_party, what)
            )
        comparisons.append(comparison)
    return comparisons


def widen_by_own_rounding(
    name: str, tolerances: ToleranceModel, third_party: Oracle, what: str
) -> Callable[[Array], Array]:
    def widen(tolerance: Array) -> Array:
        return tolerance + measure_own_rounding(third_party, what, tolerances.sample_count).tolerance(name)

    return widen


def measure_own_rounding(third_party: Oracle, what: str, samples: int) -> ToleranceModel:
    try:
        own: ToleranceModel = getattr(third_party, f"{what}_tolerances")
        if not own.is_closed:
            own.refine(min(samples, 1))
            if not own.describe_left_out():
                own.refine(samples)
    except IllConditioned as error:
        raise NotApplicable(f"the third-party implementation is not finite in {error}") from error
    if left_out := own.describe_left_out():
        raise NotApplicable(f"in the third-party implementation {left_out}")
    return own
