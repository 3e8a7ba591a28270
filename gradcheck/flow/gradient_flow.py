"""How far gradients reach: the Jacobians between the states of a unit at two steps, by the unit's own backward.

    ds_t/ds_k = J_t J_{t-1} ... J_{k+1},    J_t = ds_t/ds_{t-1}

s_t is all states of step t side by side, of any shape (B ...), a complex number as its two parts: what goes in as
NAME_0 and comes out as NAME_T.  J_t comes from the unit run on step t alone, on one copy of the row for each entry of
s_t, with the identity as upstream gradient; that the steps chain is a law of every unit that `verify` checks.  Only the
contract of a unit is used, no cell is known.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..cases.arrays import Array, is_recurrent_weight
from ..display import ShownInNotebook
from ..errors import DeclarationError
from ..unit.declaration import declare
from ..unit.subject import UnitFunction
from .gates import add_forget_bias, find_forget_gates
from .start import prepare_inputs
from .step import check_steps, compute_step_jacobian, cut_step, measure_states

FORGET_BIAS = 1.0
"""What is added to the bias of a forget gate by default.  Source: Jozefowicz, Zaremba and Sutskever (2015)."""
SMALLEST_NORM = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class GradientFlow(ShownInNotebook):
    """The flow of a unit whose recurrent matrices have the spectral radius `radius`; `jacobians` is (T, S, S).

    `radius` is None if the unit has no recurrent matrix, `forget_bias` if it has no forget gate.
    """

    name: str
    radius: float | None
    jacobians: Array
    forget_bias: float | None = None

    @property
    def label(self) -> str:
        return "no recurrent matrix" if self.radius is None else f"radius {self.radius:g}"

    @property
    def title(self) -> str:
        """The unit and, where it has one, its forget bias."""
        return self.name if self.forget_bias is None else f"{self.name}, forget bias {self.forget_bias:g}"

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
    def lagged_norms(self) -> Array:
        """The norms by t and lag t - k, (T+1, T+1); NaN for lag > t."""
        result = np.full_like(self.norms, np.nan)
        for t, row in enumerate(self.norms):
            result[t, : t + 1] = row[t::-1]
        return result

    @cached_property
    def norms_by_lag(self) -> Array:
        """The median of ||ds_t/ds_k|| over all t - k = lag, (T+1)."""
        return np.array([np.median(np.diagonal(self.norms, -lag)) for lag in range(len(self.norms))])

    @property
    def rate(self) -> float:
        """By what factor the norms fall or grow at each step, over the second half of the lags."""
        steps = len(self.jacobians)
        half, last = (math.log(max(self.norms_by_lag[lag], SMALLEST_NORM)) for lag in (steps // 2, steps))
        return math.exp((last - half) / (steps - steps // 2))


def flow(
    unit: UnitFunction,
    *,
    T: int = 60,
    radius: float = 1.0,
    hidden: int = 16,
    bias: float = 0.0,
    forget_bias: float | None = None,
    input_scale: float = 1.0,
    seed: int = 0,
    name: str = "",
) -> GradientFlow:
    """Compute the flow of a unit over T steps of random input; every size except T and B is `hidden`.

    Masks and lengths are left out.  Each square block of a recurrent matrix is orthogonal, times `radius`; inputs and
    first states are normal numbers of deviation `input_scale`; every entry of an input named bias... is `bias`, and
    that of a forget gate `forget_bias` more: 1 if not given.  DeclarationError if the unit has no states NAME_0 that
    lead to NAME_T over an input whose first axis is T, cannot be run one step at a time, or has no forget gate though
    `forget_bias` is given.
    """
    declaration = declare(unit)
    check_steps(declaration)
    inputs = prepare_inputs(declaration, T, radius, hidden, bias, input_scale, seed)
    gates = find_forget_gates(unit, declaration, inputs)
    if forget_bias is not None and not gates:
        reason = "it has no forget gate: no bias keeps a state as it is"
        raise DeclarationError(name or declaration.name, reason, "leave the forget bias out")
    forget_bias = FORGET_BIAS if forget_bias is None else forget_bias
    inputs = add_forget_bias(inputs, gates, forget_bias)
    size = sum(measure_states(inputs, declaration))
    jacobians = np.empty((T, size, size))
    state: dict[str, Array] = {}
    for t in range(T):
        jacobians[t], state = compute_step_jacobian(unit, declaration, cut_step(inputs, declaration, t) | state)
    scaled = any(is_recurrent_weight(i) for i in declaration.inputs.values())
    return GradientFlow(name or declaration.name, radius if scaled else None, jacobians, forget_bias if gates else None)


def has_forget_gate(unit: UnitFunction) -> bool:
    """Whether a bias of the unit keeps a state as it is.  DeclarationError if it cannot be run one step at a time."""
    declaration = declare(unit)
    check_steps(declaration)
    return bool(find_forget_gates(unit, declaration, prepare_inputs(declaration, 1, 1.0, 2, 0.0, 1.0, 0)))
