"""The exact identity <u, J v> = <J^T u, v> holds over finite fields: the backward is the adjoint of the forward."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..cases.designed_exact import MOST_ENTRIES
from ..cases.fitting import count_entries
from ..errors import NotApplicable
from ..exact import Tie, Unsupported, exact_map
from ..exact.array import ExactArray, elementwise
from ..exact.certificate import TARGET, prove_case
from ..execution.run import Run
from ..unit.partials import within
from .finding import Fall, Finding

LARGEST = 8
"""Exact arithmetic is run where no size is larger, and beyond that where few numbers go in and come out."""
MOST_STEPS = 32


def climb(run: Run) -> float:
    if "float64" not in run.declaration.dtypes:
        raise NotApplicable("the unit computes in single precision alone")
    if is_costly(run):
        raise NotApplicable(f"exact arithmetic is run at sizes up to {LARGEST}")
    unit, given = bound(run), upstreams(run)
    try:
        proof, failed = prove_case(unit, run.wide_inputs, given, TARGET, run.trials, run.case.seed, str(run.case))
    except ValueError as error:
        raise NotApplicable(f"on exact numbers backward does not do what it declares ({error})") from error
    if failed is None:
        run.proof = proof
        return 0.0
    if failed.verdict == "undecided":
        run.returned  # noqa: B018  (a unit that raises on floats too is unfinished, or wrong)
        raise NotApplicable(f"undecided: {failed.reason}")
    headline = f"exact identity <u, J v> = <J^T u, v> fails over GF(p), p = {failed.prime}"
    details = [("verdict", "manual's backward is not the adjoint of its forward, in exact arithmetic")]
    raise Fall(Finding("exact", "wrong", headline, (*details, *wrong_inputs(run))))


def is_costly(run: Run) -> bool:
    sizes = run.case.sizes
    large = max(sizes.values(), default=0) > LARGEST
    return large and (sizes.get("T", 0) > MOST_STEPS or count_entries(run.declaration, sizes) > MOST_ENTRIES)


def bound(run: Run) -> Any:
    """The unit as a function of its arrays alone: options are those of the case.

    An input whose gradient is not given is held fixed: no tangent passes through it, and its gradient is zero.
    """

    @functools.wraps(within(run.subject.unit))
    def unit(**inputs: Any) -> Any:
        held = {n: detached(inputs[n]) for n in run.declaration.missing if n in inputs}
        outputs, backward = run.subject.unit(**(inputs | held), **run.options)
        return outputs, completed(backward, held) if held else backward

    return unit


def completed(backward: Any, held: Mapping[str, Any]) -> Any:
    """The backward, with zeros for the inputs that are held fixed."""
    return lambda upstream: backward(upstream) | {n: np.zeros(a.shape) for n, a in held.items()}


def detached(array: Any) -> Any:
    return ExactArray.wrap(elementwise(lambda e: e.detach(), array), array.carrier)


def upstreams(run: Run) -> tuple[str, ...]:
    return tuple(name for name, u in run.upstream.items() if u is not None)


def wrong_inputs(run: Run) -> list[tuple[str, str]]:
    """Which gradients are wrong, by the exact map of whole arrays."""
    try:
        table = exact_map(bound(run), run.wide_inputs, given=upstreams(run), seed=run.case.seed)
    except (Unsupported, Tie):
        return []
    wrong = {column[0] for _, column, _ in table.wrong()}
    right = [f"d{name}" for name in run.given if name not in wrong]
    said = f"wrong: {', '.join(f'd{name}' for name in run.given if name in wrong)}"
    return [("gradients", f"{said}; right: {', '.join(right)}" if right else said)]
