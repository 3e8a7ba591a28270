"""Real-time recurrent learning: gradients carried forward in time, for any cell of the time loop.

    s_t = step(s_{t-1}, x_t, theta)        the state of one row, all its arrays side by side: S numbers
    J_t = ds_t/ds_{t-1}                    (S, S)
    D_t = ds_t/dtheta, s_{t-1} held        (S, parameters)
    P_t = D_t + J_t P_{t-1},  P_0 = 0      the influence ds_t/dtheta
    dtheta = sum_t ds_t^T P_t              ds_t the gradient that arrives at step t from outside: known at once

J_t and D_t are the cell's own backward of S unit vectors, run at once as S copies of each row.  P is kept for each
row of the batch.  One product J_t P_{t-1} costs S^2 |theta|, that is O(H^4) a step, and P itself O(H^3); the backward
of BPTT costs O(H^2) a step and keeps T states.

Source: Williams and Zipser, A learning algorithm for continually running fully recurrent neural networks, Neural
Computation 1 (1989).
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from .arrays import Array, Gradients
from .time_loop import Cell, HiddenProducts, Parameters, Stage, State, plus

Shapes = dict[str, tuple[int, ...]]


class Step(NamedTuple):
    """The state, its arrays side by side (B, S), and the Jacobians of one step.

    J (B, S, S), D (B, S, parameters) in the order of `Parameters`, and dx (B, S, I).
    """

    state: Array
    J: Array
    D: Array
    dx: Array


def step(
    cell: Cell, stages: tuple[int, ...] | None, x_t: Array, parameters: Parameters, state: Array, arrays: int
) -> Step:
    """One step of the cell from `state` (B, S), which is that many arrays side by side, with its Jacobians."""
    weight_ih, _, bias_ih, _ = parameters
    B, S = state.shape
    copies = np.repeat(x_t, S, axis=0)
    hidden = HiddenProducts(parameters, stages)
    start = np.split(np.repeat(state.T, S, axis=1), arrays)
    after, vjp = cell(plus(weight_ih @ copies.T, bias_ih), tuple(start), hidden)
    unit = np.tile(np.eye(S, dtype=state.dtype), B)
    given: dict[Stage, Array] = {}

    def hidden_vjp(dgates: Array, stage: Stage = 0) -> Array:
        given[stage] = dgates
        return hidden.vjp(dgates, stage)

    dgates_x, dbefore = vjp(tuple(np.split(unit, arrays)), hidden_vjp)
    dgates_h = [given[stage] for stage in hidden.operands]
    dweight_hh = [g[:, None] * m[0][None] for g, m in zip(dgates_h, hidden.operands.values(), strict=True)]
    direct = (
        dgates_x[:, None] * copies.T[None],
        np.concatenate(dweight_hh),
        dgates_x,
        np.concatenate(dgates_h),
    )
    D = np.concatenate([d.reshape(prod(d.shape[:-1]), B * S) for d in direct])
    J, D = np.concatenate(dbefore).T.reshape(B, S, S), D.T.reshape(B, S, len(D))
    return Step(np.concatenate(after).T[::S], J, D, (dgates_x.T @ weight_ih).reshape(B, S, x_t.shape[1]))


def states(
    cell: Cell, x: Array, parameters: Parameters, state_0: State, stages: tuple[int, ...] | None = None
) -> Array:
    """The states of every step and the initial one, (T+1, B, S)."""
    dtype = np.result_type(x, *parameters, *state_0)
    slots = np.empty((len(x) + 1, *np.concatenate(state_0, axis=1).shape), dtype)
    slots[0] = np.concatenate(state_0, axis=1)
    hidden = HiddenProducts(parameters, stages)
    for t, x_t in enumerate(x):
        gates_x = plus(parameters.weight_ih @ x_t.T, parameters.bias_ih)
        state, _ = cell(gates_x, tuple(np.split(slots[t].T, len(state_0))), hidden)
        slots[t + 1] = np.concatenate(state).T
    return slots


def rtrl(
    cell: Cell,
    x: Array,
    parameters: Parameters,
    state_0: State,
    dstates: Array,
    stages: tuple[int, ...] | None = None,
) -> Iterator[Gradients]:
    """The gradients of the losses up to each step, by name, `state_0` (B, S) among them, as that step arrives.

    dstates (T, B, S): what arrives at the state of each step.  The influence of every x_s on the state is carried too,
    which nobody learns from, so that the gradient of x (T, B, I) is as complete as BPTT's.
    """
    T, B, I = x.shape  # noqa: E741
    state = np.concatenate(state_0, axis=1)
    dtype, S = np.result_type(x, *parameters, *state_0), state.shape[1]
    sizes = [p.size for p in parameters]
    influence = np.concatenate((np.zeros((B, S, sum(sizes))), np.broadcast_to(np.eye(S), (B, S, S))), axis=2)
    influence = influence.astype(dtype)
    total = np.zeros((B, influence.shape[2] + T * I), dtype)
    for t, x_t in enumerate(x):
        now = step(cell, stages, x_t, parameters, state, len(state_0))
        influence = now.J @ influence
        influence[:, :, : sum(sizes)] += now.D
        influence = np.concatenate((influence, now.dx), axis=2)
        state = now.state
        total[:, : influence.shape[2]] += (dstates[t][:, None, :] @ influence)[:, 0]
        *blocks, dstate_0, dx = np.split(total, np.cumsum([*sizes, S]), axis=1)
        named = {
            n: b.sum(axis=0).reshape(p.shape) for n, b, p in zip(Parameters._fields, blocks, parameters, strict=True)
        }
        yield {**named, "state_0": dstate_0, "x": np.moveaxis(dx.reshape(B, T, I), 0, 1)}


def online_rtrl(
    cell: Cell,
    x: Array,
    parameters: Parameters,
    state_0: State,
    dstate: Callable[[int, Array], Array],
    rate: float,
    stages: tuple[int, ...] | None = None,
) -> Iterator[tuple[Array, Parameters]]:
    """Learn while the sequence runs: after each step, theta -= rate * dstate(t, s_t)^T P_t; states and new parameters.

    P_t is carried on although theta has moved: its older terms are those of the weights of their time.  It is the
    gradient with respect to weights that were free at each step, and tends to the gradient as the rate tends to 0.
    """
    state = np.concatenate(state_0, axis=1)
    B, S = state.shape
    sizes = [p.size for p in parameters]
    influence = np.zeros((B, S, sum(sizes)), np.result_type(x, *parameters, *state_0))
    for t, x_t in enumerate(x):
        now = step(cell, stages, x_t, parameters, state, len(state_0))
        influence = now.J @ influence + now.D
        state = now.state
        gradient = (dstate(t, state)[:, None, :] @ influence).sum(axis=(0, 1))
        blocks = np.split(gradient, np.cumsum(sizes)[:-1])
        parameters = Parameters(*(p - rate * b.reshape(p.shape) for p, b in zip(parameters, blocks, strict=True)))
        yield state, parameters
