"""How far back: full, chunked, windowed, TBPTT(k1, k2), randomized and checkpointed, for any cell of the time loop.

A recurrence runs a cell over x (T, B, I) from an initial state and returns a `Run`.  `full` makes one of a cell; every
other function makes one of another, so that they compose.  With D the derivative, and step t using h_{t-1}:

    full              dL/dtheta = sum_t sum_{s<=t} dl_t/dh_t  dh_t/dh_s  D h_s/dtheta
    chunked(tau)      only s in the same chunk {m tau + 1 .. (m+1) tau} as t
    windowed(tau)     only t - s < tau
    tbptt(k1, k2)     t in the segment m k1 < t <= (m+1) k1; only s > (m+1) k1 - k2;  k1 <= k2
    randomized(xi)    dh_t/dh_s multiplied by xi_{s+1} ... xi_t; unbiased where E[xi_t] = 1, independent over t
    checkpointed(k)   full; states are kept every k steps, the rest is computed again

so that tbptt(tau, tau) is chunked(tau) and tbptt(1, tau) is windowed(tau): with the same tau two gradients.  None of
the truncated ones is the derivative of the plain forward: the forward says with `detach` where derivatives stop, and
the backward is the adjoint of that.

Source: Williams and Peng (1990); Tallec and Ollivier, Unbiasing truncated backpropagation through time (2017); Chen et
al., Training deep nets with sublinear memory cost (2016).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .arrays import Array, detach
from .time_loop import Cell, CellParameters, LoopBackward, LoopGradients, State, time_loop

Upstreams = Sequence[Array | None]


class Run(NamedTuple):
    """States of every step, each (T, B, H), and the last ones, each (B, H); `backward` takes upstreams of both."""

    states: State
    last: State
    backward: LoopBackward


Recurrence = Callable[[Array, CellParameters, State], Run]


def full(cell: Cell, stages: tuple[int, ...] | None = None) -> Recurrence:
    return randomized(cell, None, stages)


def randomized(cell: Cell, xi: Array | None, stages: tuple[int, ...] | None = None) -> Recurrence:
    """`xi` (T) multiplies the derivative of the state carried into each step, the first one included."""

    def run(x: Array, parameters: CellParameters, state_0: State) -> Run:
        if xi is not None and xi.shape != x.shape[:1]:
            raise ValueError(f"xi has shape {xi.shape}: x has {len(x)} steps; give one factor a step")
        slots, backward = time_loop(cell, x, parameters, state_0, stages, xi)
        return Run(tuple(s[1:] for s in slots), tuple(s[-1].copy() for s in slots), backward)

    return run


def chunked(recurrence: Recurrence, tau: int) -> Recurrence:
    return in_blocks(recurrence, positive("tau", tau), joint=detach)


def checkpointed(recurrence: Recurrence, k: int, *, outputs: bool = True) -> Recurrence:
    return in_blocks(recurrence, positive("k", k), forget=True, outputs=outputs)


def windowed(recurrence: Recurrence, tau: int) -> Recurrence:
    return tbptt(recurrence, 1, positive("tau", tau))


def in_blocks(
    recurrence: Recurrence,
    k: int,
    *,
    joint: Callable[[Array], Array] | None = None,
    forget: bool = False,
    outputs: bool = True,
) -> Recurrence:
    """Blocks of k steps, one after the other; `joint` makes the state of a block's end the next one's start.

    With a joint (`detach`) no gradient passes back; without one it does.  `forget` keeps the starts alone and runs each
    block again in the backward pass: bit for bit the same gradient, as products of the same shapes are taken.  Without
    `outputs` the last states alone are returned, and no memory grows with T but that of the starts and of dx.
    """

    def run(x: Array, parameters: CellParameters, state_0: State) -> Run:
        dtype = np.result_type(x, *parameters, *state_0)
        begins = range(0, max(len(x), 1), k)
        states = tuple(np.empty((len(x), *s.shape), dtype) for s in state_0 if outputs)
        starts: list[State] = []
        backwards: list[LoopBackward | None] = []
        state = state_0
        for begin in begins:
            starts.append(state if joint is None or begin == 0 else tuple(map(joint, state)))
            block = recurrence(x[begin : begin + k], parameters, starts[-1])
            backwards.append(None if forget else block.backward)
            state = block.last
            for whole, part in zip(states, block.states, strict=False):
                whole[begin : begin + k] = part
            del block

        def backward(dstates: Upstreams, dstate_T: Upstreams) -> LoopGradients:
            dx = np.empty(x.shape, dtype)
            dparameters = {name: np.zeros(p.shape, dtype) for name, p in parameters._asdict().items()}
            dlast: Upstreams = dstate_T
            for begin, start, kept in reversed(list(zip(begins, starts, backwards, strict=True))):
                part = slice(begin, begin + k)
                block_backward = kept or recurrence(x[part], parameters, start).backward
                named, dstart = block_backward([None if d is None else d[part] for d in dstates], dlast)
                del block_backward
                dx[part] = named["x"]
                for name, total in dparameters.items():
                    total += named[name]
                dlast = dstart if joint is None else [None] * len(dstart)
            return LoopGradients({"x": dx, **dparameters}, dstart)

        return Run(states, state, backward)

    return run


def tbptt(recurrence: Recurrence, k1: int, k2: int) -> Recurrence:
    """Each segment of k1 steps is the end of a window of k2 steps, started from the detached state before it.

    All windows are run at once, as rows of one batch; a plain run before gives the states that they start from.  Where
    a window would start before the sequence, it starts from the initial state, which is not detached.
    """
    if positive("k2", k2) < positive("k1", k1):
        raise ValueError(f"k2 = {k2} is below k1 = {k1}: some losses would reach back no step; take k2 >= k1")

    def run(x: Array, parameters: CellParameters, state_0: State) -> Run:
        T, B, I = x.shape  # noqa: E741
        begins = np.arange(0, T, k1)
        starts = np.maximum(begins + k1 - k2, 0)
        width, M = min(k2, T), len(begins)
        index = np.minimum(starts + np.arange(width)[:, None], max(T - 1, 0))
        segment = np.arange(T) // k1
        step = np.arange(T) - starts[segment]
        plain = recurrence(x, parameters, state_0).states
        window_0 = tuple(
            np.concatenate([s0[None] if s == 0 else detach(p[s - 1 : s]) for s in starts] or [s0[None][:0]])
            for s0, p in zip(state_0, plain, strict=True)
        )
        rows = tuple(s.reshape(M * B, s.shape[-1]) for s in window_0)
        windows = recurrence(x[index].reshape(width, M * B, I), parameters, rows)
        states = tuple(s.reshape(width, M, B, s.shape[-1])[step, segment] for s in windows.states)
        last = tuple(s[-1].copy() if T else s0.copy() for s, s0 in zip(states, state_0, strict=True))

        def backward(dstates: Upstreams, dstate_T: Upstreams) -> LoopGradients:
            upstreams = []
            for s, d, d_T in zip(states, dstates, dstate_T, strict=True):
                whole = np.zeros((width, M, *s.shape[1:]), s.dtype)
                if d is not None:
                    whole[step, segment] = d
                if d_T is not None and T:
                    whole[step[-1], segment[-1]] += d_T
                upstreams.append(whole.reshape(width, M * B, s.shape[-1]))
            named, drows = windows.backward(upstreams, [None] * len(states))
            dx = np.zeros(x.shape, named["x"].dtype)
            for m, dwindow in enumerate(np.moveaxis(named["x"].reshape(width, M, B, I), 1, 0)):
                end = min(starts[m] + width, T)
                dx[starts[m] : end] += dwindow[: end - starts[m]]
            first = int((starts == 0).sum())
            dstate_0 = tuple(d.reshape(M, B, d.shape[-1])[:first].sum(axis=0) for d in drows)
            if not T:
                dstate_0 = tuple(d if u is None else d + u for d, u in zip(dstate_0, dstate_T, strict=True))
            return LoopGradients({**named, "x": dx}, dstate_0)

        return Run(states, last, backward)

    return run


def draw_xi(pi: Array, rng: np.random.Generator) -> Array:
    """A draw of xi (T): 1/pi_t with probability pi_t, else 0, independent over t, so that its mean is 1."""
    if not ((pi > 0) & (pi <= 1)).all():
        raise ValueError(f"pi = {pi}: a probability of carrying on must be above 0 and at most 1; 1 never truncates")
    xi: Array = np.where(rng.random(pi.shape) < pi, 1 / pi, 0)
    return xi


def positive(name: str, value: int) -> int:
    if value < 1:
        raise ValueError(f"{name} = {value} is below 1: no step would be left; take {name} >= 1")
    return value
