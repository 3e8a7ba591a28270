"""Deep and wide: lengths, both directions, layers and dropout between them, for any recurrence.

    lengths      row b has its steps at t < lengths[b]; the rest is padding: x there is read as 0, y is 0, no state
                 moves, and no gradient arrives.  The last state is that of the row's own last step
    backward     the second direction: the row turned round within its own length, run, and turned round again
    layers       x of a layer is y of the one before, both directions side by side (D H), y keep / (1 - p) with dropout

Gradients, from the last layer down to the first:

    padding      dstates_t = 0 at t >= lengths[b];  dstates_{lengths[b]-1} += dstate_n
    directions   dx = dx_forward + turned(dx_backward)
    layers       dy of a layer = dx of the next one * keep / (1 - p)

Causality makes lengths a wrapper around any loop: what comes after a row's end cannot reach what comes before it.

Source: Schuster and Paliwal, Bidirectional recurrent neural networks (1997); Zaremba et al., Recurrent neural network
regularization (2014); torch.nn's num_layers, bidirectional, and packed sequences.
"""

from collections.abc import Sequence

import numpy as np

from .arrays import Array, Gradients
from .recurrence import Recurrence, Run, Upstreams
from .time_loop import CellParameters, LoopGradients, State


def ragged(recurrence: Recurrence, lengths: Array | None) -> Recurrence:
    """The recurrence on rows of different lengths (B), each from 1 to T; all of length T if None."""
    if lengths is None:
        return recurrence

    def run(x: Array, parameters: CellParameters, state_0: State) -> Run:
        check_lengths(lengths, x)
        inside = (np.arange(len(x))[:, None] < lengths)[..., None]
        ends, rows = lengths - 1, np.arange(x.shape[1])
        inner = recurrence(np.where(inside, x, np.zeros((), x.dtype)), parameters, state_0)
        states = tuple(np.where(inside, s, np.zeros((), s.dtype)) for s in inner.states)

        def backward(dstates: Upstreams, dlast: Upstreams) -> LoopGradients:
            upstreams = []
            for s, d, d_n in zip(states, dstates, dlast, strict=True):
                dstate = np.zeros(s.shape, s.dtype) if d is None else np.where(inside, d, np.zeros((), s.dtype))
                if d_n is not None:
                    dstate[ends, rows] += d_n
                upstreams.append(dstate)
            named, dstate_0 = inner.backward(upstreams, [None] * len(states))
            dx = np.where(inside, named["x"], np.zeros((), named["x"].dtype))
            return LoopGradients({**named, "x": dx}, dstate_0)

        return Run(states, tuple(s[ends, rows] for s in states), backward)

    return run


def reverse(recurrence: Recurrence, lengths: Array | None) -> Recurrence:
    """The recurrence run from each row's own end to its beginning; its last state is that of t = 1."""

    def run(x: Array, parameters: CellParameters, state_0: State) -> Run:
        time = np.arange(len(x))[:, None]
        if lengths is not None:
            check_lengths(lengths, x)
        ends = np.full(x.shape[1], len(x)) if lengths is None else lengths
        order = np.where(time < ends, ends - 1 - time, time)
        rows = np.arange(x.shape[1])
        inner = ragged(recurrence, lengths)(x[order, rows], parameters, state_0)

        def backward(dstates: Upstreams, dlast: Upstreams) -> LoopGradients:
            named, dstate_0 = inner.backward([None if d is None else d[order, rows] for d in dstates], dlast)
            return LoopGradients({**named, "x": named["x"][order, rows]}, dstate_0)

        return Run(tuple(s[order, rows] for s in inner.states), inner.last, backward)

    return run


class Deep:
    """A stack of layers of one recurrence, run on its parameters.

    parameters: of each layer, of each direction within a layer (`directions` 1 or 2).  state_0: for each state of the
    cell an array (L*D, B, H), or None for zeros.
    keep: (L-1, T, B, D*H), true where the output of a layer goes on to the next, times 1/(1-p), p = percent/100.
    `ys` (T, B, D*H) is the output of the last layer, `state_n` the last states, arrays (L*D, B, H).
    """

    def __init__(
        self,
        recurrence: Recurrence,
        x: Array,
        parameters: Sequence[CellParameters],
        state_0: Sequence[Array | None],
        *,
        directions: int = 1,
        lengths: Array | None = None,
        keep: Array | None = None,
        percent: int = 0,
    ) -> None:
        if not 0 <= percent < 100:
            raise ValueError(f"percent = {percent} is not from 0 to 99: something must be kept; 0 drops nothing")
        zeros = np.zeros((len(parameters), x.shape[1], parameters[0].weight_hh.shape[1]), x.dtype)
        initial = tuple(zeros if s is None else s for s in state_0)
        ways = (ragged(recurrence, lengths), reverse(recurrence, lengths))[:directions]
        self.layers: list[list[Run]] = []
        self.masks: list[Array] = []
        self.scale = 1 / (1 - percent / 100)
        self.ys = x
        for n in range(len(parameters) // directions):
            if n and keep is not None:
                self.masks.append(keep[n - 1])
                self.ys = self.kept(n, self.ys)
            runs = []
            for k, way in enumerate(ways, n * directions):
                runs.append(way(self.ys, parameters[k], tuple(s[k] for s in initial)))
            self.layers.append(runs)
            self.ys = np.concatenate([run.states[0] for run in runs], axis=2)
        lasts = [run.last for runs in self.layers for run in runs]
        self.state_n: State = tuple(np.stack(s) for s in zip(*lasts, strict=True))

    def kept(self, n: int, y: Array) -> Array:
        return np.where(self.masks[n - 1], y * self.scale, np.zeros((), y.dtype))

    def backward(self, dys: Array | None, dstate_n: Upstreams) -> tuple[Gradients, State]:
        """The gradients of `x` and, with torch's suffixes, the parameters, by name; and those of `state_0`."""
        directions = len(self.layers[0])
        gradients: Gradients = {}
        dstates_0: list[State] = []
        dy = dys
        for n in reversed(range(len(self.layers))):
            halves: list[Array | None] = [None] * directions
            if dy is not None:
                halves = list(np.split(dy, directions, axis=2))
            dxs = []
            for way in reversed(range(directions)):
                run, k = self.layers[n][way], n * directions + way
                upstreams = [halves[way], *[None] * (len(run.states) - 1)]
                named, dstate_0 = run.backward(upstreams, [None if d is None else d[k] for d in dstate_n])
                dstates_0.insert(0, dstate_0)
                dxs.append(named.pop("x"))
                gradients |= {name + suffix(n, way): g for name, g in named.items()}
            dx = sum(dxs[1:], dxs[0])
            dy = self.kept(n, dx) if n and self.masks else dx
        return {"x": dx, **gradients}, tuple(np.stack(d) for d in zip(*dstates_0, strict=True))


def suffix(layer: int, way: int) -> str:
    return f"_l{layer}" + ("_reverse" if way else "")


def check_lengths(lengths: Array, x: Array) -> None:
    T, B = x.shape[:2]
    if lengths.shape != (B,):
        raise ValueError(f"lengths has shape {lengths.shape}: x has {B} rows; give one length a row")
    if ((lengths < 1) | (lengths > T)).any():
        raise ValueError(f"lengths = {lengths.tolist()}: x has {T} steps; every length must be from 1 to {T}")
