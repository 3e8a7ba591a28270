"""The time loop that every recurrent cell shares: it does the matrix products, the cell does the rest.

    gates_x   = x W_ih^T + b_ih            every step in one product, before the loop
    gates_h_t = m_t W_hh^T + b_hh          at step t; m_t is h_{t-1}, or what the cell makes of it
    state_t   = cell(gates_x_t, state_{t-1}, hidden)        hidden(m_t) is gates_h_t

A cell is the pointwise mathematics of one step and returns its own backward:

    cell(gates_x, state, hidden) -> state, vjp
    vjp(dstate, hidden_vjp)      -> dgates_x, dstate_{t-1}

`hidden_vjp(dgates_h)` is the gradient of m_t, and is noted for the weights, whose gradients are one product
after the loop:

    dW_hh = sum_t dgates_h_t^T m_t      db_hh = sum_t dgates_h_t
    dW_ih = sum_t dgates_x_t^T x_t      db_ih = sum_t dgates_x_t      dx_t = dgates_x_t W_ih

A cell that needs gates before it can form m_t (the GRU that resets before the product) takes the rows of W_hh
in stages: `stages` holds the number of rows of each, and hidden(m, k) multiplies by those of stage k.

Where `xi` is given, the derivative, not the value, of what step t carries in is multiplied by xi_t: 0 cuts there.

Source: Werbos, Backpropagation through time: what it does and how to do it, Proc. IEEE 78 (1990).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from ._arrays import Array, Gradients, scale_derivative

State = tuple[Array, ...]


class Product(Protocol):
    def __call__(self, operand: Array, stage: int = 0, /) -> Array: ...


StepBackward = Callable[[State, Product], tuple[Array, State]]
Cell = Callable[[Array, State, Product], tuple[State, StepBackward]]


class Parameters(NamedTuple):
    """`weight_ih` (G*H, I), `weight_hh` (G*H, H), `bias_ih` (G*H), `bias_hh` (G*H); rows blocked by gate."""

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array


class LoopGradients(NamedTuple):
    named: Gradients
    state_0: State


LoopBackward = Callable[[Sequence[Array | None], Sequence[Array | None]], LoopGradients]


def time_loop(
    cell: Cell,
    x: Array,
    parameters: Parameters,
    state_0: State,
    stages: tuple[int, ...] | None = None,
    xi: Array | None = None,
) -> tuple[State, LoopBackward]:
    """Run `cell` over x (T, B, I) from `state_0`, each array (B, H).

    Returns the states, each array (T+1, B, H) with slot 0 the initial one, and a backward that takes the upstream
    gradients of the states of every step (T, B, H) and of the last state (B, H), each array possibly None, and
    returns the gradients of `x` and the parameters by name, and those of `state_0`.
    """
    weight_ih, weight_hh, bias_ih, bias_hh = parameters
    steps, batch, inputs = x.shape
    dtype = np.result_type(x, *parameters, *state_0)
    x_rows = x.reshape(steps * batch, inputs)
    gates_x = (x_rows @ weight_ih.T + bias_ih).reshape(steps, batch, len(weight_ih))
    hidden = HiddenProducts(weight_hh, bias_hh, stages or (len(weight_hh),))
    slots = tuple(np.empty((steps + 1, *s.shape), dtype) for s in state_0)
    step_backwards: list[StepBackward] = []
    state = state_0
    store(slots, 0, state)
    for t in range(steps):
        carry = tuple(s[t] if xi is None else scale_derivative(s[t], xi[t]) for s in slots)
        state, step_backward = cell(gates_x[t], carry, hidden)
        store(slots, t + 1, state)
        step_backwards.append(step_backward)

    def backward(dstates: Sequence[Array | None], dstate_T: Sequence[Array | None]) -> LoopGradients:
        dgates_x = np.empty(gates_x.shape, dtype)
        dhidden = hidden.backward(steps, batch, dtype)
        dstate = tuple(
            np.zeros(s.shape, dtype) if d is None else d.copy() for s, d in zip(state_0, dstate_T, strict=True)
        )
        for t in reversed(range(steps)):
            dstate = tuple(s if d is None else s + d[t] for s, d in zip(dstate, dstates, strict=True))
            dgates_x[t], dstate = step_backwards[t](dstate, dhidden.at(t))
            if xi is not None:
                dstate = tuple(s * xi[t] for s in dstate)
        rows = dgates_x.reshape(steps * batch, len(weight_ih))
        dweight_hh, dbias_hh = dhidden.gradients()
        named = {
            "x": (rows @ weight_ih).reshape(x.shape),
            "weight_ih": rows.T @ x_rows,
            "weight_hh": dweight_hh,
            "bias_ih": rows.sum(axis=0),
            "bias_hh": dbias_hh,
        }
        return LoopGradients(named, dstate)

    return slots, backward


def store(slots: State, t: int, state: State) -> None:
    for slot, value in zip(slots, state, strict=True):
        slot[t] = value


class HiddenProducts:
    """The products with W_hh of one forward pass, and the operands they were given."""

    def __init__(self, weight: Array, bias: Array, stages: tuple[int, ...]) -> None:
        cuts = np.cumsum(stages)[:-1]
        self.weights = np.split(weight, cuts)
        self.transposed = [np.ascontiguousarray(w.T) for w in self.weights]
        self.biases = np.split(bias, cuts)
        self.operands: list[list[Array]] = [[] for _ in stages]

    def __call__(self, operand: Array, stage: int = 0) -> Array:
        self.operands[stage].append(operand)
        gates: Array = operand @ self.transposed[stage] + self.biases[stage]
        return gates

    def backward(self, steps: int, batch: int, dtype: np.dtype[np.generic]) -> "HiddenGradients":
        return HiddenGradients(self, steps, batch, dtype)


class HiddenGradients:
    """The gradients of the hidden products of one backward pass, noted step by step."""

    def __init__(self, forward: HiddenProducts, steps: int, batch: int, dtype: np.dtype[np.generic]) -> None:
        self.forward = forward
        self.gates = [np.empty((steps, batch, len(w)), dtype) for w in forward.weights]

    def at(self, t: int) -> Product:
        def hidden_vjp(dgates: Array, stage: int = 0) -> Array:
            self.gates[stage][t] = dgates
            doperand: Array = dgates @ self.forward.weights[stage]
            return doperand

        return hidden_vjp

    def gradients(self) -> tuple[Array, Array]:
        dweights, dbiases = [], []
        for dgates, operands, weight in zip(self.gates, self.forward.operands, self.forward.weights, strict=True):
            rows = dgates.reshape(-1, len(weight))
            columns = np.array(operands, dgates.dtype).reshape(-1, weight.shape[1])
            dweights.append(rows.T @ columns)
            dbiases.append(rows.sum(axis=0))
        return np.concatenate(dweights), np.concatenate(dbiases)
