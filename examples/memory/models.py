"""The networks: a recurrent unit of manual/ with its first weights, or one cell with several ways to go back.

Weights are uniform within 1/sqrt(H) as in torch.nn, but for what the name says:

    tanh, GRU, LSTM       nothing
    orthogonal            tanh with an orthogonal W_hh
    identity ReLU         ReLU, W_hh the identity, no biases at first
    LSTM, forget bias 1   b_f = 1 at first
    LSTM, not clipped     with the forget bias, and no clipping

The ways to go back are those of manual/shared/recurrence, all around the cell of `gru`, and the unit `rtrl_gru`.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from manual.learning.rtrl_gru import rtrl_gru
from manual.recurrent.gru import GRUOutput, gru, gru_cell
from manual.recurrent.lstm import lstm
from manual.recurrent.rnn import rnn
from manual.shared.initialization import forget_bias, identity, orthogonal
from manual.shared.recurrence import Recurrence, chunked, draw_xi, full, randomized, windowed
from manual.shared.time_loop import Parameters

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
LARGEST_NORM = 1.0
RECURRENT = Parameters._fields
Unit = Callable[..., tuple[Any, Callable[[Any], Arrays]]]
Change = Callable[[Arrays, np.random.Generator], Arrays]


def change_nothing(weights: Arrays, rng: np.random.Generator) -> Arrays:
    return weights


def make_orthogonal(weights: Arrays, rng: np.random.Generator) -> Arrays:
    H = weights["weight_hh"].shape[1]
    return weights | {"weight_hh": orthogonal(H, H, rng)}


def make_identity(weights: Arrays, rng: np.random.Generator) -> Arrays:
    zeros = {name: np.zeros_like(weights[name]) for name in ("bias_ih", "bias_hh")}
    return weights | zeros | {"weight_hh": identity(weights["weight_hh"].shape[1])}


def set_forget_bias(weights: Arrays, rng: np.random.Generator) -> Arrays:
    H = weights["weight_hh"].shape[1]
    return weights | {"bias_ih": forget_bias(H, 1.0), "bias_hh": np.zeros(4 * H)}


class Model(NamedTuple):
    """`unit` takes x, the recurrent weights of `gates` blocks and first states; `change` makes the first weights.

    A unit of `random` draws takes a generator `rng` besides.
    """

    unit: Unit
    gates: int
    change: Change = change_nothing
    largest_norm: float = LARGEST_NORM
    random: bool = False

    def draw_weights(self, inputs: int, H: int, outputs: int, rng: np.random.Generator) -> Arrays:
        """The first weights: the recurrent ones, and `weight` and `bias` of the output layer."""
        rows = self.gates * H
        shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, H), "bias_ih": (rows,), "bias_hh": (rows,)}
        shapes |= {"weight": (outputs, H), "bias": (outputs,)}
        bound = 1 / math.sqrt(H)
        return self.change({name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}, rng)


MODELS = {
    "tanh": Model(rnn, 1),
    "orthogonal": Model(rnn, 1, make_orthogonal),
    "identity ReLU": Model(partial(rnn, activation="relu"), 1, make_identity),
    "LSTM": Model(lstm, 4),
    "LSTM, forget bias 1": Model(lstm, 4, set_forget_bias),
    "LSTM, not clipped": Model(lstm, 4, set_forget_bias, math.inf),
    "GRU": Model(gru, 3),
}


def go_back(recurrence: Callable[[int], Recurrence]) -> Unit:
    """A GRU around which `recurrence(H)` says how far gradients go back, with the contract of `gru`."""

    def unit(x: Array, h_0: Array | None = None, **weights: Array) -> tuple[GRUOutput, Callable[[GRUOutput], Arrays]]:
        H = weights["weight_hh"].shape[1]
        start = np.zeros((x.shape[1], H)) if h_0 is None else h_0
        run = recurrence(H)(x, Parameters(**weights), (start,))

        def backward(d: GRUOutput) -> Arrays:
            named, (dh_0,) = run.backward([d.ys], [d.h_T])
            return {**named, "h_0": dh_0}

        return GRUOutput(run.states[0], *run.last), backward

    return unit


def truncate_randomly(pi: float) -> Unit:
    """A GRU that carries a gradient over each step with probability pi, by a draw of `rng` at each call."""

    def unit(x: Array, *, rng: np.random.Generator, **weights: Array) -> tuple[GRUOutput, Callable[[Any], Arrays]]:
        xi = draw_xi(np.full(len(x), pi), rng)
        return go_back(lambda H: randomized(gru_cell(H)[0], xi, gru_cell(H)[1]))(x, **weights)

    return unit


def truncated(taus: tuple[int, ...], pi: float) -> dict[str, Model]:
    """A GRU with each way to go back: pieces and windows of tau steps, a random cut with probability 1 - pi."""
    ways = {"full": go_back(lambda H: full(*gru_cell(H)))}
    for words, cut in (("chunks", chunked), ("windows", windowed)):
        for tau in taus:
            ways[f"{words} of {tau}"] = go_back(lambda H, cut=cut, tau=tau: cut(full(*gru_cell(H)), tau))
    ways |= {f"random, pi = {pi:g}": truncate_randomly(pi), "RTRL": rtrl_gru}
    return {name: Model(unit, 3, random=name.startswith("random")) for name, unit in ways.items()}
