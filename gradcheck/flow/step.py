"""One step of a unit: the states that it carries, and the Jacobian from those before the step to those after it."""

from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..errors import DeclarationError
from ..unit.declaration import Declaration
from ..unit.subject import UnitFunction


def get_carry_names(declaration: Declaration) -> dict[str, str]:
    """The name of the state that goes in, and of the one that comes out."""
    inputs = declaration.inputs
    return {start: end for start, end in declaration.states.items() if inputs[start].axis("B") == 0}


def get_timed_names(declaration: Declaration) -> list[str]:
    """The inputs whose first axis is time."""
    return [n for n, i in declaration.inputs.items() if i.axis("T") == 0]


def check_steps(declaration: Declaration) -> None:
    """DeclarationError unless the unit can be run one step at a time, from state to state."""
    if not (get_carry_names(declaration) and get_timed_names(declaration)):
        reason = "it is not recurrent: it has no input h_0 (B H), output h_T (B H) and input over time (T B I)"
        raise DeclarationError(declaration.name, reason, "use these names, or choose a recurrent unit")
    for name, spec in declaration.inputs.items():
        if spec.counts_steps and not spec.optional:
            value, reason = f"{declaration.name}: argument {name}", "it counts the steps of the whole sequence"
            raise DeclarationError(value, f"{reason}, but flow runs them one by one", "choose another unit")


def cut_step(inputs: dict[str, Any], declaration: Declaration, t: int) -> dict[str, Any]:
    """The inputs of step t alone."""
    return inputs | {n: inputs[n][t : t + 1] for n in get_timed_names(declaration)}


def compute_step_jacobian(
    unit: UnitFunction, declaration: Declaration, step: dict[str, Any]
) -> tuple[Array, dict[str, Array]]:
    """ds_t/ds_{t-1} (S, S) of a single step and the states after it: row n is the backward of the unit vector n."""
    states = get_carry_names(declaration)
    size = sum(measure_states(step, declaration))
    axes = {n: i.axis("B") for n, i in declaration.inputs.items()}
    copies = {n: a if axes[n] is None else np.repeat(a, size, axis=axes[n]) for n, a in step.items()}
    outputs, backward = unit(**copies)
    upstream: dict[str, Array | None] = dict.fromkeys(declaration.outputs)
    identity, first = np.eye(size), 0
    for end in states.values():
        like = getattr(outputs, end)
        width = flatten_state(like).shape[1]
        upstream[end] = identity[:, first : first + width].copy().view(like.dtype).reshape(like.shape)
        first += width
    gradients = backward(declaration.output_type(**upstream))
    after = {start: getattr(outputs, end)[:1] for start, end in states.items()}
    return np.concatenate([flatten_state(gradients[start]) for start in states], axis=1), after


def measure_states(inputs: dict[str, Any], declaration: Declaration) -> list[int]:
    """How many numbers each state has, in the order of the states in a Jacobian."""
    return [flatten_state(inputs[start]).shape[1] for start in get_carry_names(declaration)]


def flatten_state(state: Array) -> Array:
    """The numbers of each row (B, N); a complex one gives two."""
    numbers: Array = np.ascontiguousarray(state).reshape(len(state), -1).view(np.float64)
    return numbers
