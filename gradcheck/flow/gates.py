"""Finds the forget gate of a unit: the block of a bias that, pushed far to one side, keeps a state as it is.

All weights, inputs and states are 0 while it is looked for, so that only the bias decides.  A forget gate then turns
the step's Jacobian of its state into the identity on one side, and not on the other.  It is f of an LSTM, z of a GRU
whose z weighs the old state.  Where the gate weighs what is new, as f of the minimal gated unit and i of a coupled
LSTM, the side is the negative one.  Names decide nothing.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from ..cases.arrays import Array
from ..unit.declaration import Declaration
from ..unit.subject import UnitFunction
from .step import compute_step_jacobian, cut_step, measure_states

FAR = 40.0
"""The logistic function of 40 is 1 in float64."""


class ForgetGate(NamedTuple):
    """Part `rows` of the bias `bias` keeps the state at `states` of the Jacobian; `side` is 1, or -1 if it keeps less
    where the bias is larger.
    """

    bias: str
    rows: slice
    states: slice
    side: int


def find_forget_gates(unit: UnitFunction, declaration: Declaration, inputs: dict[str, Any]) -> tuple[ForgetGate, ...]:
    """The first gate found for each state; two biases that are added up have one."""
    found: dict[int, ForgetGate] = {}
    zeros = {n: np.zeros_like(a) if declaration.inputs[n].differentiable else a for n, a in inputs.items()}
    step = cut_step(zeros, declaration, 0)
    ends = [*accumulate(measure_states(inputs, declaration), initial=0)]
    for bias, rows in list_bias_blocks(declaration, inputs):
        if len(found) == len(ends) - 1:
            break
        high, low = (compute_pushed_jacobian(unit, declaration, step, bias, rows, FAR * side) for side in (1, -1))
        for k, states in enumerate(map(slice, ends[:-1], ends[1:])):
            kept_by = keeps(high[states, states]), keeps(low[states, states])
            if k not in found and kept_by[0] != kept_by[1]:
                found[k] = ForgetGate(bias, rows, states, 1 if kept_by[0] else -1)
    return tuple(found.values())


def list_bias_blocks(declaration: Declaration, inputs: dict[str, Any]) -> Iterator[tuple[str, slice]]:
    for name, spec in declaration.inputs.items():
        if name.startswith("bias") and spec.differentiable and spec.dimensions:
            width = len(inputs[name]) // spec.dimensions[0].factor
            yield from ((name, slice(k, k + width)) for k in range(0, len(inputs[name]), width))


def compute_pushed_jacobian(
    unit: UnitFunction, declaration: Declaration, step: dict[str, Any], bias: str, rows: slice, value: float
) -> Array:
    pushed = step[bias].copy()
    pushed[rows] = value
    with np.errstate(all="ignore"):
        return compute_step_jacobian(unit, declaration, step | {bias: pushed})[0]


def keeps(jacobian: Array) -> bool:
    return bool(np.allclose(jacobian, np.eye(len(jacobian)), rtol=0, atol=1e-9))


def add_forget_bias(inputs: dict[str, Any], gates: tuple[ForgetGate, ...], value: float) -> dict[str, Any]:
    """The inputs with `value` added to the bias of each forget gate, so that a larger one keeps more."""
    changed = dict(inputs)
    for gate in gates:
        changed[gate.bias] = changed[gate.bias].copy()
        changed[gate.bias][gate.rows] += gate.side * value
    return changed
