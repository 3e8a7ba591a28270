"""Faults of a weight's gradient: another operand than the one that was multiplied."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from ...cases.arrays import Array, Arrays
from ...unit.declaration import name_state
from ..evidence import agrees_to_rounding
from .between_steps import FaultPattern, StepChain


def list_operand_faults(steps: StepChain) -> Iterator[FaultPattern]:
    """A weight's gradient is the sum over steps of the outer products of a bias's gradient with some data."""
    e = steps.evidence
    rows = compute_gate_gradients(steps)
    data = list_operands(steps)
    for weight, due in e.expected.items():
        for dz in rows.values():
            fits = {n: v for n, v in data.items() if due.shape == (dz.shape[2], v.shape[2])}
            used = [
                n
                for n, v in fits.items()
                if agrees_to_rounding(sum_outer_products(dz, v), due, float(np.abs(due).max(initial=0.0)))
            ]
            for other in (n for n in fits if used and n not in used):
                yield describe_operand(other, used[0]), partial(dict, {weight: sum_outer_products(dz, fits[other])})


def describe_operand(other: str, used: str) -> str:
    return other if "in place" in other else f"{other} where {used} is due"


def sum_outer_products(dz: Array, values: Array) -> Array:
    rows, data = dz.reshape(-1, dz.shape[2]), values.reshape(-1, values.shape[2])
    product: Array = rows.T @ data
    return product


def compute_gate_gradients(steps: StepChain) -> Arrays:
    """Of each bias, its gradient (T, B, size) at every step and batch row, by upstream gradients of one row each."""
    e, declaration = steps.evidence, steps.evidence.declaration
    biases = [n for n, g in e.expected.items() if g.ndim == 1]
    axes = {n: declaration.outputs[n].axis("B") for n in e.upstream}
    if None in axes.values():
        return {}
    result = {n: np.zeros((steps.T, e.case.sizes["B"], e.expected[n].size)) for n in biases}
    for b in range(e.case.sizes["B"]):
        only = {n: np.zeros_like(u) for n, u in e.upstream.items()}
        for n, u in e.upstream.items():
            np.moveaxis(only[n], axes[n] or 0, 0)[b] = np.moveaxis(u, axes[n] or 0, 0)[b]
        for t, part in enumerate(steps.pull_back_steps(only)):
            for n in biases:
                result[n][t, b] = part[n]
    return result


def list_operands(steps: StepChain) -> dict[str, Array]:
    """Sequences (T, B, size) that a step may multiply: inputs, states before and after it, states by a wrong index."""
    e = steps.evidence
    found = {f"{n} of the step": a for n, a in e.inputs.items() if n in steps.timed and a.ndim == 3}
    for start, end in steps.states.items():
        name = name_state(start)
        before = np.array([i[start] for i in steps.inputs])
        if before.ndim != 3:
            continue
        after = np.concatenate((before[1:], steps.step(steps.T - 1, {}).outputs[end][None]))
        wrapped, cleared = before.copy(), before.copy()
        wrapped[0], cleared[0] = after[-1], 0
        found |= {f"{name} before the step": before, f"{name} after the step": after}
        found |= {f"the last {name}, by index -1, in place of {start}": wrapped, f"zeros in place of {start}": cleared}
    return found
