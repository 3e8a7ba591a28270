"""How far gradients reach: the Jacobians between the states of a unit at two steps, by the unit's own backward.

    ds_t/ds_k = J_t J_{t-1} ... J_{k+1},    J_t = ds_t/ds_{t-1}

s_t is all states of step t side by side, of any shape (B ...), a complex number as its two parts: what goes in as
NAME_0 and comes out as NAME_T.  J_t comes from the unit run
on step t alone, on one copy of the row for each entry of s_t, with the identity as upstream gradient; that the
steps chain is a law of every unit that `verify` checks.  Only the contract of a unit is used, no cell is known.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..cases.arrays import Array, draw_arrays, is_recurrent_weight
from ..cases.case import Case
from ..errors import DeclarationError
from ..unit.declaration import Declaration, declare
from ..unit.subject import UnitFunction

FLOW_INPUT_SCALE = 0.1
"""Inputs are small, so that the recurrent matrices and the biases decide."""
SMALLEST_NORM = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class GradientFlow:
    """The flow of a unit whose recurrent matrices have the spectral radius `radius`; `jacobians` is (T, S, S).

    `radius` is None if the unit has no recurrent matrix.
    """

    name: str
    radius: float | None
    jacobians: Array

    @property
    def label(self) -> str:
        return "no recurrent matrix" if self.radius is None else f"radius {self.radius:g}"

    @cached_property
    def norms(self) -> Array:
        """||ds_t/ds_k||, the largest singular value, by t and k, (T+1, T+1); NaN for k > t."""
        steps, size, _ = self.jacobians.shape
        result = np.full((steps + 1, steps + 1), np.nan)
        whole = np.empty((steps + 1, size, size))
        for t in range(steps + 1):
            if t:
                whole[:t] = self.jacobians[t - 1] @ whole[:t]
            whole[t] = np.eye(size)
            result[t, : t + 1] = np.linalg.norm(whole[: t + 1], 2, axis=(1, 2))
        return result

    @cached_property
    def norms_by_lag(self) -> Array:
        """The median of ||ds_t/ds_k|| over all t - k = lag, (T+1)."""
        return np.array([np.median(np.diagonal(self.norms, -lag)) for lag in range(len(self.norms))])


def flow(
    unit: UnitFunction,
    *,
    T: int = 60,
    radius: float = 1.0,
    hidden: int = 16,
    bias: float = 0.0,
    seed: int = 0,
    name: str = "",
) -> GradientFlow:
    """Compute the flow of a unit over T steps of random input; every size except T and B is `hidden`.

    Masks and lengths are left out.  Each square block of a recurrent matrix is scaled to the spectral radius; every
    entry of an input named bias... is `bias`.  DeclarationError if the unit has no states NAME_0 that lead to NAME_T
    over an input whose first axis is T, or cannot be run one step at a time.
    """
    declaration = declare(unit)
    states, timed = get_carry_names(declaration), [n for n, i in declaration.inputs.items() if i.axis("T") == 0]
    check_steps(declaration, bool(states and timed))
    inputs = prepare_inputs(declaration, T, radius, hidden, bias, seed)
    size = sum(flatten_state(inputs[start]).shape[1] for start in states)
    jacobians = np.empty((T, size, size))
    state = {start: inputs[start] for start in states}
    for t in range(T):
        step = inputs | {n: inputs[n][t : t + 1] for n in timed} | state
        jacobians[t], state = compute_step_jacobian(unit, declaration, step, states, size)
    scaled = any(is_recurrent_weight(i) for i in declaration.inputs.values())
    return GradientFlow(name or declaration.name, radius if scaled else None, jacobians)


def check_steps(declaration: Declaration, recurrent: bool) -> None:
    """DeclarationError unless the unit can be run one step at a time, from state to state."""
    if not recurrent:
        reason = "it is not recurrent: it has no input h_0 (B H), output h_T (B H) and input over time (T B I)"
        raise DeclarationError(declaration.name, reason, "use these names, or choose a recurrent unit")
    for name, spec in declaration.inputs.items():
        if spec.counts_steps and not spec.optional:
            value, reason = f"{declaration.name}: argument {name}", "it counts the steps of the whole sequence"
            raise DeclarationError(value, f"{reason}, but flow runs them one by one", "choose another unit")


def get_carry_names(declaration: Declaration) -> dict[str, str]:
    """The name of the state that goes in, and of the one that comes out."""
    inputs = declaration.inputs
    return {start: end for start, end in declaration.states.items() if inputs[start].axis("B") == 0}


def prepare_inputs(
    declaration: Declaration, steps: int, radius: float, hidden: int, bias: float, seed: int
) -> dict[str, Any]:
    sizes = {letter: {"T": steps, "B": 1}.get(letter, hidden) for letter in declaration.letters}
    absent = tuple(n for n in declaration.optional if not declaration.inputs[n].differentiable)
    inputs = draw_arrays(declaration, Case(sizes, seed, absent=absent)).inputs
    for name, spec in declaration.inputs.items():
        if not spec.differentiable:
            continue
        if is_recurrent_weight(spec):
            inputs[name] = scale_to_radius(inputs[name], radius)
        elif name.startswith("bias"):
            inputs[name] = np.full_like(inputs[name], bias)
        elif not name.startswith("weight"):
            inputs[name] = inputs[name] * FLOW_INPUT_SCALE
    return inputs


def scale_to_radius(weight: Array, radius: float) -> Array:
    """Each square block of a matrix (G*H, H) scaled to this spectral radius."""
    blocks = weight.reshape(-1, weight.shape[1], weight.shape[1])
    largest = np.abs(np.linalg.eigvals(blocks)).max(axis=1)
    scaled: Array = (blocks * (radius / largest)[:, None, None]).reshape(weight.shape)
    return scaled


def compute_step_jacobian(
    unit: UnitFunction, declaration: Declaration, step: dict[str, Any], states: dict[str, str], size: int
) -> tuple[Array, dict[str, Array]]:
    """ds_t/ds_{t-1} (S, S) of a single step and the states after it: row n is the backward of the unit vector n."""
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


def flatten_state(state: Array) -> Array:
    """The numbers of each row (B, N); a complex one gives two."""
    numbers: Array = np.ascontiguousarray(state).reshape(len(state), -1).view(np.float64)
    return numbers


def summarize_flow(found: GradientFlow) -> str:
    """A line: the norms at a few lags, and how fast they fall or grow over the second half."""
    steps = len(found.jacobians)
    lags = sorted({1, (steps + 1) // 2, steps})
    norms = ", ".join(f"lag {lag}: {found.norms_by_lag[lag]:.2e}" for lag in lags)
    half, last = (math.log(max(found.norms_by_lag[lag], SMALLEST_NORM)) for lag in (steps // 2, steps))
    rate = math.exp((last - half) / (steps - steps // 2))
    return f"{found.name:<12} {found.label}   {norms}   times {rate:.3f} a step"
