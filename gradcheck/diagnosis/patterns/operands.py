"""Faults of a weight's gradient: it is the product with a wrong operand."""

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
    """An array that a weight may be multiplied by: an input with steps, or a state, by the name of its initial value.

    before, after  the state that the step starts from, or ends in
    wrapped        the state before the step; at the first step the last state, as index t - 1 = -1 gives it
    cleared        the state before the step; zeros at the first step
    """

    kind: OperandKind
    name: str

    def __str__(self) -> str:
        return OPERAND_TEXTS[self.kind].format(name=self.name, state=name_state(self.name))


@dataclass(frozen=True)
class OperandReplaced(StepPattern):
    """The gradient of a weight is computed with another operand."""

    weight: str
    bias: str
    used: Operand
    expected: Operand

    def __str__(self) -> str:
        return (
            str(self.used) if self.used.kind in ("wrapped", "cleared") else f"{self.used} in place of {self.expected}"
        )

    def predict(self, steps: StepChain) -> Arrays:
        operand = make_operand(steps, self.used)
        return {self.weight: sum_outer_products(steps.gate_gradients[self.bias], operand)}


def list_operand_faults(steps: StepChain) -> Iterator[StepPattern]:
    """List wrong operands: a weight's gradient is a sum of outer products of a bias's gradient with some data."""
    wrong = {b.name for b in steps.evidence.find_wrong_blocks()}
    weights = {n: g for n, g in steps.evidence.expected.items() if n in wrong and g.ndim == 2}
    gates, data = steps.gate_gradients if weights else {}, list_operands(steps)
    for weight, expected in weights.items():
        for bias, dz in gates.items():
            fits = {n: v for n, v in data.items() if expected.shape == (dz.shape[2], v.shape[2])}
            scale = float(np.abs(expected).max(initial=0.0))
            used = [n for n, v in fits.items() if agrees_to_rounding(sum_outer_products(dz, v), expected, scale)]
            yield from (OperandReplaced(weight, bias, other, used[0]) for other in fits if used and other not in used)


def sum_outer_products(dz: Array, values: Array) -> Array:
    rows, data = dz.reshape(-1, dz.shape[2]), values.reshape(-1, values.shape[2])
    product: Array = rows.T @ data
    return product


def list_operands(steps: StepChain) -> dict[Operand, Array]:
    """List the sequences (T, B, size) that a weight may be multiplied by."""
    kinds: tuple[OperandKind, ...] = ("before", "after", "wrapped", "cleared")
    states = [n for n in steps.states if steps.inputs[0][n].ndim == 2]
    found = [Operand("input", n) for n in steps.timed if steps.evidence.inputs[n].ndim == 3]
    found += [Operand(kind, start) for start in states for kind in kinds]
    return {operand: make_operand(steps, operand) for operand in found}


def make_operand(steps: StepChain, operand: Operand) -> Array:
    if operand.kind == "input":
        sequence: Array = steps.evidence.inputs[operand.name]
        return sequence
    before = np.array([i[operand.name] for i in steps.inputs])
    if operand.kind == "before":
        return before
    last = steps.last_outputs[steps.states[operand.name]][None]
    first = {"after": before[:0], "wrapped": last, "cleared": 0 * last}[operand.kind]
    rest = [before[1:], last] if operand.kind == "after" else [before[1:]]
    return np.concatenate((first, *rest))
