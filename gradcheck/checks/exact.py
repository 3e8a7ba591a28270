"""The backward is the adjoint of the forward: <u, J v> = <J^T u, v>, decided over finite fields without rounding."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..cases.designed_exact import MOST_ENTRIES
from ..cases.fitting import count_entries
from ..errors import NotApplicable
from ..exact import Tie, Unsupported, build_exact_map
from ..exact.array import ExactArray, map_entries
from ..exact.certificate import TARGET_LOG2_BOUND, prove_case
from ..execution.run import Run
from ..unit.partials import unwrap_partial
from .failure import CheckFailed, Failure
from .outcome import CheckOutcome

MAX_EXACT_SIZE = 8
"""Exact arithmetic, which is slow, runs if no size is larger, or if few numbers go in and come out."""
MOST_STEPS = 32


def check_exact(run: Run, trials: int = 1) -> CheckOutcome:
    if "float64" not in run.declaration.dtypes:
        raise NotApplicable("the unit computes in single precision only")
    if is_costly(run):
        raise NotApplicable(f"exact arithmetic is run at sizes up to {MAX_EXACT_SIZE}")
    unit, given = bind_unit(run), list_upstream_names(run)
    try:
        proof, failed = prove_case(
            unit, run.wide_inputs, given, TARGET_LOG2_BOUND, trials, run.case.seed, str(run.case)
        )
    except ValueError as error:
        raise NotApplicable(f"in exact arithmetic, backward does not return what it declares ({error})") from error
    if failed is None:
        return CheckOutcome(proof=proof)
    if failed.verdict == "undecided":
        run.returned_gradients  # noqa: B018  (a unit that raises on floats too is unfinished, or wrong)
        raise NotApplicable(f"undecided: {failed.reason}")
    headline = f"exact identity <u, J v> = <J^T u, v> fails over GF(p), p = {failed.prime}"
    details = [("verdict", "manual's backward is not the adjoint of its forward, in exact arithmetic")]
    raise CheckFailed(Failure("exact", "wrong", headline, (*details, *describe_wrong_inputs(run))))


def is_costly(run: Run) -> bool:
    sizes = run.case.sizes
    large = max(sizes.values(), default=0) > MAX_EXACT_SIZE
    return large and (sizes.get("T", 0) > MOST_STEPS or count_entries(run.declaration, sizes) > MOST_ENTRIES)


def bind_unit(run: Run) -> Any:
    """Make a function of the arrays alone of the unit, with the options of the case.

    An input for which the unit gives no gradient is held fixed: its tangent and its gradient are zero.
    """

    @functools.wraps(unwrap_partial(run.subject.unit))
    def unit(**inputs: Any) -> Any:
        held = {n: detach_array(inputs[n]) for n in run.declaration.missing if n in inputs}
        outputs, backward = run.subject.unit(**(inputs | held), **run.options)
        return outputs, add_zero_gradients(backward, held) if held else backward

    return unit


def add_zero_gradients(backward: Any, held: Mapping[str, Any]) -> Any:
    """Let a backward return zeros for the inputs that are held fixed."""
    return lambda upstream: backward(upstream) | {n: np.zeros(a.shape) for n, a in held.items()}


def detach_array(array: Any) -> Any:
    return ExactArray.wrap(map_entries(lambda e: e.detach(), array), array.carrier)


def list_upstream_names(run: Run) -> tuple[str, ...]:
    return tuple(name for name, u in run.upstream.items() if u is not None)


def describe_wrong_inputs(run: Run) -> list[tuple[str, str]]:
    """Say which gradients are wrong and which are right, decided for each whole array in exact arithmetic."""
    try:
        table = build_exact_map(bind_unit(run), run.wide_inputs, given=list_upstream_names(run), seed=run.case.seed)
    except (Unsupported, Tie):
        return []
    wrong = {column[0] for _, column, _ in table.wrong()}
    right = [f"d{name}" for name in run.differentiable if name not in wrong]
    said = f"wrong: {', '.join(f'd{name}' for name in run.differentiable if name in wrong)}"
    return [("gradients", f"{said}; right at this case: {', '.join(right)}" if right else said)]
