"""The size of what the reference sums in a case: what rounding there must be measured by."""

from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..execution.run import Run
from ..judges.jitter import DISTURBANCE, run_disturbed_reference
from ..judges.tolerance import reduce_to_steps

DISTURBED_RUNS = 6


def measure_terms(run: Run, what: str, name: str) -> Array:
    """The size of what the reference sums for an output or a gradient, per step; its natural size where that is 0."""
    spec = run.declaration.inputs[name] if what == "gradient" else run.declaration.outputs[name]
    exact = getattr(run.reference_result, f"{what}s")[name]
    moved = [np.abs(getattr(r, f"{what}s")[name] - exact) for r in run.compute_once(run_disturbed_references)]
    size: Array = np.max([reduce_to_steps(spec, m) for m in moved], axis=0) / DISTURBANCE
    # Inside a fused kernel, or where the reference has no terms at all, the disturbance shows nothing.
    return np.where(size > 0, size, measure_natural_size(run, what, name))


def run_disturbed_references(run: Run) -> list[Any]:
    o = run.oracle
    arguments = (o.reference, o.declaration, o.case.sizes, o.inputs, o.options, o.upstream)
    return [run_disturbed_reference(k, *arguments) for k in range(DISTURBED_RUNS)]


def measure_natural_size(run: Run, what: str, name: str) -> float:
    """The size that an output or a gradient would have by the other numbers of the case.

    For an output that of the inputs, for a gradient |u y| and |g x| over |x|.
    """
    if what == "output":
        return max(map(find_largest, run.wide_inputs.values()))
    result = run.reference_result
    sizes = [find_largest(g) * find_largest(run.inputs[n]) for n, g in result.gradients.items()]
    sizes += [find_largest(u * result.outputs[n]) for n, u in run.wide_upstream.items() if u is not None]
    upstream = max((find_largest(u) for u in run.wide_upstream.values() if u is not None), default=0.0)
    return max([*sizes, upstream * find_largest(run.inputs[name])]) / max(find_largest(run.inputs[name]), 1e-300)


def find_largest(array: Any) -> float:
    return float(np.abs(array).max(initial=0.0))
