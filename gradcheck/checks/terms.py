"""The size of the terms that the reference sums in a case: rounding errors are measured against it."""

from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..execution.run import Run
from ..judges.jitter import DISTURBANCE, run_disturbed_reference
from ..judges.tolerance import reduce_to_steps

DISTURBED_RUNS = 6
SMALLEST_INPUT = 2.0**-10
"""An input smaller than that, or zero, says nothing of the size of its gradient: it counts as so large."""


def measure_terms(run: Run, what: str, name: str) -> Array:
    """Measure the size of what the reference sums for an output or a gradient, at each step; estimate it if it is 0."""
    spec = run.declaration.inputs[name] if what == "gradient" else run.declaration.outputs[name]
    exact = getattr(run.reference_result, f"{what}s")[name]
    moved = [np.abs(getattr(r, f"{what}s")[name] - exact) for r in run.compute_once(run_disturbed_references)]
    size: Array = np.max([reduce_to_steps(spec, m) for m in moved], axis=0) / DISTURBANCE
    # The disturbance shows nothing inside a fused kernel, or if the reference has no terms at all.
    return np.where(size > 0, size, measure_natural_size(run, what, name))


def run_disturbed_references(run: Run) -> list[Any]:
    if run.subject.reference is None:
        return [run.reference_result]  # the operations of NumPy cannot be disturbed
    o = run.oracle
    arguments = (o.reference, o.declaration, o.case.sizes, o.inputs, o.options, o.upstream)
    return [run_disturbed_reference(k, *arguments) for k in range(DISTURBED_RUNS)]


def measure_natural_size(run: Run, what: str, name: str) -> float:
    """Estimate the size of an output or a gradient from the other numbers of the case.

    An output counts as large as the inputs, a gradient as |u y| and |g x| over |x|.
    """
    if what == "output":
        return max(map(find_largest, run.wide_inputs.values()))
    result, own = run.reference_result, max(find_largest(run.inputs[name]), SMALLEST_INPUT)
    sizes = [find_largest(g) * find_largest(run.inputs[n]) / own for n, g in result.gradients.items()]
    sent = {n: u for n, u in run.wide_upstream.items() if u is not None}
    sizes += [find_largest(u * result.outputs[n]) / own for n, u in sent.items()]
    return max([*sizes, *map(find_largest, sent.values())], default=0.0)


def find_largest(array: Any) -> float:
    return float(np.abs(array).max(initial=0.0))
