"""The time loop that every recurrent cell shares: it does the matrix products, the cell does the rest.

    gates_x   = W_ih x + b_ih              every step in one product, before the loop
    gates_h_t = W_hh m_t + b_hh            at step t; m_t is h_{t-1}, or what the cell makes of it
    state_t   = cell(gates_x_t, state_{t-1}, hidden)        hidden(m_t) is gates_h_t

Inside the loop everything is as in these equations: a column a row of the batch, gates (G*H, B), states (H, B), so
that the block of a gate is contiguous.  A cell is the pointwise mathematics of one step and returns its own backward:

    cell(gates_x, state, hidden) -> state, vjp
    vjp(dstate, hidden_vjp)      -> dgates_x, dstate_{t-1}

`hidden_vjp(dgates_h)` is the gradient of m_t, and is noted for the weights, whose gradients are one product
after the loop:

    dW_hh = sum_t dgates_h_t m_t^T      db_hh = sum_t dgates_h_t
    dW_ih = sum_t dgates_x_t x_t^T      db_ih = sum_t dgates_x_t      dx_t = W_ih^T dgates_x_t

A cell that needs gates before it can form m_t (the GRU that resets before the product) takes the rows of W_hh
in stages: `stages` holds the number of rows of each, and hidden(m, k) multiplies by those of stage k.

A cell with parameters of its own (peepholes, a projection, the gains of a normalisation) has them as further fields
of its parameters, and takes them once a step: hidden(m, "ab") is weight_ab m + bias_ab, or weight_ab * m + bias_ab
where weight_ab has one axis; its gradient is noted and summed as that of W_hh is.  Any bias may be missing.

Where `xi` is given, the derivative, not the value, of what step t carries in is multiplied by xi_t: 0 cuts there.

Source: Werbos, Backpropagation through time: what it does and how to do it, Proc. IEEE 78 (1990).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from .arrays import Array, Gradients, scale_derivative

State = tuple[Array, ...]
Stage = int | str


class Product(Protocol):
    def __call__(self, operand: Array, stage: Stage = 0, /) -> Array: ...


StepBackward = Callable[[State, Product], tuple[Array, State]]
Cell = Callable[[Array, State, Product], tuple[State, StepBackward]]


class Parameters(NamedTuple):
    """`weight_ih` (G*H, I), `weight_hh` (G*H, H), `bias_ih` (G*H), `bias_hh` (G*H); rows blocked by gate."""

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array


class CellParameters(Protocol):
    """A NamedTuple of arrays: `weight_ih`, `weight_hh`, and any further `weight_ab` and `bias_ab`."""

    @property
    def weight_ih(self) -> Array: ...
    @property
    def weight_hh(self) -> Array: ...
    def __iter__(self) -> Iterator[Any]: ...
    def _asdict(self) -> dict[str, Any]: ...


class LoopGradients(NamedTuple):
    named: Gradients
    state_0: State


LoopBackward = Callable[[Sequence[Array | None], Sequence[Array | None]], LoopGradients]


def time_loop(
    cell: Cell,
    x: Array,
    parameters: CellParameters,
    state_0: State,
    stages: tuple[int, ...] | None = None,
    xi: Array | None = None,
) -> tuple[State, LoopBackward]:
    """Run `cell` over x (T, B, I) from `state_0`, each array (B, H).

    Returns the states, each array (T+1, B, H) with slot 0 the initial one, and a backward that takes the upstream
    gradients of the states of every step (T, B, H) and of the last state (B, H), each array possibly None, and
    returns the gradients of `x` and the parameters by name, and those of `state_0`.
    """
    weight_ih, bias_ih = parameters.weight_ih, parameters._asdict().get("bias_ih")
    steps, batch, inputs = x.shape
    dtype = np.result_type(x, *parameters, *state_0)
    x_rows = x.reshape(steps * batch, inputs)
    gates_x = plus(weight_ih @ x_rows.T, bias_ih).reshape(len(weight_ih), steps, batch)
    hidden = HiddenProducts(parameters, stages)
    slots = tuple(np.empty_like(x, dtype, "C", shape=(steps + 1, s.shape[1], batch)) for s in state_0)
    step_backwards: list[StepBackward] = []
    store(slots, 0, tuple(s.T for s in state_0))
    for t in range(steps):
        carry = tuple(s[t] if xi is None else scale_derivative(s[t], xi[t]) for s in slots)
        state, step_backward = cell(gates_x[:, t], carry, hidden)
        store(slots, t + 1, state)
        step_backwards.append(step_backward)

    def backward(dstates: Sequence[Array | None], dstate_T: Sequence[Array | None]) -> LoopGradients:
        dgates_x = np.empty(gates_x.shape, dtype)
        dhidden = HiddenGradients(hidden, dgates_x)
        dstate = tuple(
            np.zeros(s.T.shape, dtype) if d is None else d.T.copy() for s, d in zip(state_0, dstate_T, strict=True)
        )
        for t in reversed(range(steps)):
            dstate = tuple(s if d is None else s + d[t].T for s, d in zip(dstate, dstates, strict=True))
            dgates, dstate = step_backwards[t](dstate, dhidden.vjp)
            dgates_x[:, t] = dgates
            dhidden.note(t, dgates)
            if xi is not None:
                dstate = tuple(s * xi[t] for s in dstate)
        columns = dgates_x.reshape(len(weight_ih), steps * batch)
        dx = (weight_ih.T @ columns).reshape(inputs, steps, batch).transpose(1, 2, 0)
        named = {"weight_ih": columns @ x_rows, "bias_ih": columns.sum(axis=1), **dhidden.gradients()}
        dstate_0 = tuple(s.T for s in dstate)
        return LoopGradients({"x": dx, **{name: named[name] for name in parameters._asdict()}}, dstate_0)

    return tuple(s.transpose(0, 2, 1) for s in slots), backward


def store(slots: State, t: int, state: State) -> None:
    for slot, value in zip(slots, state, strict=True):
        slot[t] = value


def blocks(rows: Array, n: int) -> Array:
    """The n blocks of rows (n*H, B), each (H, B)."""
    return rows.reshape(n, len(rows) // n, rows.shape[1])


def plus(product: Array, bias: Array | None) -> Array:
    """The columns of a product, which nobody else holds, with the bias added to each."""
    if bias is not None:
        product += bias[:, None]
    return product


class HiddenProducts:
    """The products of one forward pass with W_hh and the cell's own weights, and the operands they were given."""

    def __init__(self, parameters: CellParameters, stages: tuple[int, ...] | None = None) -> None:
        cuts = np.cumsum(stages or (len(parameters.weight_hh),))[:-1]
        self.weights = by_stage("weight_", parameters, cuts)
        self.biases = by_stage("bias_", parameters, cuts)
        self.operands: dict[Stage, list[Array]] = {stage: [] for stage in self.weights}

    def __call__(self, operand: Array, stage: Stage = 0) -> Array:
        self.operands[stage].append(operand)
        weight = self.weights[stage]
        product = weight[:, None] * operand if weight.ndim == 1 else weight @ operand
        return plus(product, self.biases.get(stage))

    def vjp(self, dgates: Array, stage: Stage = 0) -> Array:
        weight = self.weights[stage]
        doperand: Array = weight[:, None] * dgates if weight.ndim == 1 else weight.T @ dgates
        return doperand


def by_stage(kind: str, parameters: CellParameters, cuts: Array) -> dict[Stage, Array]:
    """The weights or biases: of W_hh by the number of the stage, the cell's own by name."""
    named = {n.removeprefix(kind): a for n, a in parameters._asdict().items() if n.startswith(kind)}
    blocks = np.split(named.pop("hh"), cuts) if "hh" in named else []
    return {**dict(enumerate(blocks)), **{name: a for name, a in named.items() if name != "ih"}}


class HiddenGradients:
    """The gradients of the hidden products of one backward pass, noted step by step.

    Where those of a stage are at every step the very array that is the gradient of gates_x, they are not kept twice.
    """

    def __init__(self, forward: HiddenProducts, dgates_x: Array) -> None:
        """`dgates_x` (G*H, T, B) is filled by the loop, from the last step on."""
        self.forward = forward
        self.dgates_x = dgates_x
        self.given: dict[Stage, Array] = {}
        shapes = {stage: (len(weight), *dgates_x.shape[1:]) for stage, weight in forward.weights.items()}
        self.gates = {stage: np.empty(s, dgates_x.dtype) for stage, s in shapes.items() if s != dgates_x.shape}

    def vjp(self, dgates: Array, stage: Stage = 0) -> Array:
        self.given[stage] = dgates
        return self.forward.vjp(dgates, stage)

    def note(self, t: int, dgates_x: Array) -> None:
        """Keep what step t gave, whose gradient of gates_x is `dgates_x`."""
        for stage in self.forward.weights:
            given = self.given.pop(stage, None)
            if stage not in self.gates and given is not dgates_x:
                self.gates[stage] = np.empty_like(self.dgates_x)
                self.gates[stage][:, t + 1 :] = self.dgates_x[:, t + 1 :]
            if stage in self.gates:
                self.gates[stage][:, t] = 0 if given is None else given

    def gradients(self) -> Gradients:
        named: dict[str, list[Array]] = {}
        for stage, weight in self.forward.weights.items():
            dgates, name = self.gates.get(stage, self.dgates_x), "hh" if isinstance(stage, int) else stage
            rows, steps, batch = dgates.shape
            columns = dgates.reshape(rows, steps * batch)
            each = np.empty((weight.shape[-1], steps, batch), dgates.dtype)
            for t, operand in zip(range(steps), self.forward.operands[stage], strict=True):
                each[:, t] = operand
            operands: Array = each.reshape(weight.shape[-1], steps * batch)
            dweight = (columns * operands).sum(axis=1) if weight.ndim == 1 else columns @ operands.T
            named.setdefault(f"weight_{name}", []).append(dweight)
            if stage in self.forward.biases:
                named.setdefault(f"bias_{name}", []).append(columns.sum(axis=1))
        return {name: np.concatenate(blocks) for name, blocks in named.items()}
