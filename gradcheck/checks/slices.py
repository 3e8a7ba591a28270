"""Two laws, tested together: the outputs and gradients of a slice are the slice of the outputs and gradients.

rows        one row of the batch, run alone, gives the same as in the batch.  Applies if every output has the axis B,
            and shapes and ranges of integers have B as an axis only: an integer below B may name another row
chain       two halves of the sequence give the same as the whole, if the final state of the first half is the initial
            state of the second.  Applies to units with an input NAME_0 for an output NAME_T.  It does not apply if the
            unit gives no gradient of that input, or if the range of an integer input contains T: such an integer (a
            length, a truncation) counts steps from the start of the sequence, and each half would need its own.  Nor
            does it if a shape has T otherwise than as an axis, as `T T` and `T+1` do
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..cases.arrays import Arrays, draw_words
from ..execution.run import Run
from ..unit.declaration import ArraySpec
from .agreement import require_equal_gradients, require_equal_tensors
from .failure import CheckFailed


def check_slices(run: Run) -> float:
    """Run a row alone in two halves of its steps; if that fails, find out which of the two laws is broken."""
    row, cut = choose_row(run), choose_cut(run)
    if row is None:
        return 0.0 if cut is None else check_chain(run, cut)
    if cut is None:
        return check_row(run, row)
    try:
        return check_chain(run, cut, row)
    except CheckFailed:
        check_row(run, row)
        check_chain(run, cut)
        raise


def choose_row(run: Run) -> int | None:
    """Choose a row of the batch; None if there is only one, or if it makes no case of its own."""
    B = run.case.sizes.get("B", 1)
    if B < 2 or any(o.axis("B") is None for o in run.declaration.outputs.values()):
        return None
    if not run.declaration.can_slice("B"):
        return None
    return int(draw_words(run.case, "law.rows", 1)[0]) % B


def choose_cut(run: Run) -> int | None:
    """Choose how many steps the first half has; None if halves cannot be chained."""
    inputs, outputs, T = run.declaration.inputs, run.declaration.outputs, run.case.sizes.get("T", 1)
    states = run.declaration.states
    held_fixed = any(not inputs[start].differentiable for start in states)
    if not states or held_fixed or T < 2 or not run.declaration.can_slice("T"):
        return None
    if any(o.axis("T") != 0 for n, o in outputs.items() if n not in states.values()):
        return None
    return 1 + int(draw_words(run.case, "law.chain", 1)[0]) % (T - 1)


def take_row(specs: Mapping[str, ArraySpec], arrays: Mapping[str, Any], row: int | None) -> dict[str, Any]:
    """Take one row of the batch from every array that has the axis B; all arrays unchanged if `row` is None."""
    axes = {n: specs[n].axis("B") if isinstance(a, np.ndarray) and row is not None else None for n, a in arrays.items()}
    return {n: a if axes[n] is None else a.take([row], axes[n]) for n, a in arrays.items()}


def check_row(run: Run, row: int) -> float:
    law = f"rows: row {row} of the batch, run alone, gives the same as in the batch"
    inputs, outputs = run.declaration.inputs, run.declaration.outputs
    alone, backward = run.forward(take_row(inputs, run.inputs, row))
    worst = require_equal_tensors(run, law, alone, take_row(outputs, run.outputs, row), run.output_tolerances)
    gradients = backward(take_row(outputs, run.upstream, row))
    return max(worst, compare_row_gradients(run, law, gradients, row))


def compare_row_gradients(run: Run, law: str, found: Arrays, row: int, size: Arrays | None = None) -> float:
    """Compare the gradients of inputs that have the axis B with those of the row in the whole batch."""
    specs = run.declaration.inputs
    names = [n for n in run.differentiable if specs[n].axis("B") is not None]
    mine = take_row(specs, {n: run.gradients[n] for n in names}, row)
    return require_equal_tensors(run, law, {n: found[n] for n in names}, mine, run.gradient_tolerances, size, "d")


def check_chain(run: Run, k: int, row: int | None = None) -> float:
    """Chain the halves x[:k] and x[k:]: states go from the first to the second, and their gradients back."""
    specs, states = run.declaration, run.declaration.states
    inputs, upstream = take_row(specs.inputs, run.inputs, row), take_row(specs.outputs, run.upstream, row)
    others = [n for n in specs.outputs if n not in states.values()]
    timed = [n for n in inputs if specs.inputs[n].axis("T") == 0]
    first, first_backward = run.forward({n: a[:k] if n in timed else a for n, a in inputs.items()})
    handed = {start: first[end] for start, end in states.items()}
    second, second_backward = run.forward({n: a[k:] if n in timed else a for n, a in inputs.items()} | handed)
    law = (
        f"chain: steps before {k} and steps from {k} on, run one after the other, give the same as all steps at once"
        + ("" if row is None else f", in row {row} alone")
    )
    joined = {n: np.concatenate((first[n], second[n])) for n in others} | {n: second[n] for n in states.values()}
    worst = require_equal_tensors(run, law, joined, take_row(specs.outputs, run.outputs, row), run.output_tolerances)
    late = second_backward({n: u[k:] if n in others and u is not None else u for n, u in upstream.items()})
    early = first_backward(
        {n: None if upstream[n] is None else upstream[n][:k] for n in others}
        | {end: late[start] for start, end in states.items()}
    )
    total, size = {}, {}
    for n in run.differentiable:
        if n in timed:
            total[n] = np.concatenate((early[n], late[n]))
        else:
            total[n] = early[n] if n in states else early[n] + late[n]
        size[n] = np.abs(total[n]) if n in timed or n in states else np.abs(early[n]) + np.abs(late[n])
    if row is not None:
        return max(worst, compare_row_gradients(run, law, total, row, size))
    return max(worst, require_equal_gradients(run, law, total, run.gradients, size))
