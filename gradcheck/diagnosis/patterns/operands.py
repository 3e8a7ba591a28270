"""Faults of a weight's gradient: another operand than the one that was multiplied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...cases.arrays import Array, Arrays
from ...unit.declaration import name_state
from ..evidence import agrees_to_rounding
from .carries import StepPattern
from .step_chain import StepChain

OperandKind = Literal["input", "before", "after", "wrapped", "cleared"]
OPERAND_TEXTS: Mapping[OperandKind, str] = {
    "input": "{name} of the step",
    "before": "{state} before the step",
    "after": "{state} after the step",
    "wrapped": "the last {state}, by index -1, in place of {name}",
    "cleared": "zeros in place of {name}",
}


@dataclass(frozen=True)
class Operand:
    """What a step may multiply: an input with steps, or a state, by the name of its initial value.

    before, after  the state that the step starts from, or ends in
    wrapped        the state before the step, of the first step the last state: index t - 1 is -1 there
    cleared        the state before the step, of the first step zeros
    """

    kind: OperandKind
    name: str

    def __str__(self) -> str:
        return OPERAND_TEXTS[self.kind].format(name=self.name, state=name_state(self.name))


@dataclass(frozen=True)
class OperandReplaced(StepPattern):
    """A weight whose gradient is the product with another operand."""

    weight: str
    bias: str
    used: Operand
    due: Operand

    def __str__(self) -> str:
        return str(self.used) if self.used.kind in ("wrapped", "cleared") else f"{self.used} where {self.due} is due"

    def predict(self, steps: StepChain) -> Arrays:
        gates = compute_gate_gradients(steps)
        return {self.weight: sum_outer_products(gates[self.bias], list_operands(steps)[self.used])}


def list_operand_faults(steps: StepChain) -> Iterator[StepPattern]:
    """A weight's gradient is the sum over steps of the outer products of a bias's gradient with some data."""
    wrong = {b.name for b in steps.evidence.find_wrong_blocks()}
    weights = {n: g for n, g in steps.evidence.expected.items() if n in wrong and g.ndim == 2}
    gates, data = compute_gate_gradients(steps) if weights else {}, list_operands(steps)
    for weight, due in weights.items():
        for bias, dz in gates.items():
            fits = {n: v for n, v in data.items() if due.shape == (dz.shape[2], v.shape[2])}
            scale = float(np.abs(due).max(initial=0.0))
            used = [n for n, v in fits.items() if agrees_to_rounding(sum_outer_products(dz, v), due, scale)]
            yield from (OperandReplaced(weight, bias, other, used[0]) for other in fits if used and other not in used)


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


def list_operands(steps: StepChain) -> dict[Operand, Array]:
    """Sequences (T, B, size) that a step may multiply."""
    e = steps.evidence
    found = {Operand("input", n): a for n, a in e.inputs.items() if n in steps.timed and a.ndim == 3}
    for start, end in steps.states.items():
        before = np.array([i[start] for i in steps.inputs])
        if before.ndim != 3:
            continue
        after = np.concatenate((before[1:], steps.step(steps.T - 1, {}).outputs[end][None]))
        wrapped, cleared = before.copy(), before.copy()
        wrapped[0], cleared[0] = after[-1], 0
        found |= {Operand("before", start): before, Operand("after", start): after}
        found |= {Operand("wrapped", start): wrapped, Operand("cleared", start): cleared}
    return found
