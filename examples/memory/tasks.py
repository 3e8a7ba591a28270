"""Two tasks whose answer depends on what was read long before, and no answer but at the end.

    adding    x_t = (v_t, m_t), v_t uniform in [0, 1], m_t = 1 at one step of each half and 0 elsewhere.  The answer at
              the last step is the sum of the two marked values.  Who says 1 has a mean squared error of 1/6.
    copying   x_t is one of K symbols (onehot) at t = 1..S, a blank for D steps, and a sign to begin at the last S
              steps.  The answer there is the S symbols in order.  Who has no memory has a loss of log K a symbol.

Source: Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9 (1997), sections 5.3 and 5.4 for the
first; Arjovsky, Shah and Bengio, Unitary evolution recurrent neural networks, ICML (2016) for these forms.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np

from manual.losses.softmax_cross_entropy import softmax_cross_entropy
from manual.losses.squared_error import squared_error

Array = np.ndarray[Any, np.dtype[Any]]
CLOSE = 0.04
"""An answer of the adding task is right if it is this close (Hochreiter and Schmidhuber, 1997)."""


class Batch(NamedTuple):
    """x (T, B, I), and what is asked for at the last A steps: (A, B, 1) numbers or (A, B) symbols."""

    x: Array
    answer: Array


class Measure(Protocol):
    def __call__(self, output: Array, answer: Array, /) -> tuple[Any, Callable[[Any], dict[str, Array]]]: ...


class Task(NamedTuple):
    """How a batch of B is drawn, the sizes of input and output, and the loss without a memory.

    `loss` is a unit of manual/, and `output` the name that it gives to the output; `judge` is the share of right
    answers.
    """

    draw: Callable[[int, np.random.Generator], Batch]
    inputs: int
    outputs: int
    baseline: float
    loss: Measure
    output: str
    judge: Callable[[Array, Array], float]


def adding(T: int) -> Task:
    """The adding problem over T steps."""

    def draw(B: int, rng: np.random.Generator) -> Batch:
        x = np.zeros((T, B, 2))
        x[..., 0] = rng.random((T, B))
        first, second, rows = rng.integers(0, T // 2, B), rng.integers(T // 2, T, B), np.arange(B)
        x[first, rows, 1] = x[second, rows, 1] = 1
        return Batch(x, (x[..., 0] * x[..., 1]).sum(axis=0)[None, :, None])

    def judge(output: Array, answer: Array) -> float:
        return float((np.abs(output - answer) < CLOSE).mean())

    return Task(draw, 2, 1, 1 / 12, squared_error, "output", judge)


def copying(K: int, S: int, D: int) -> Task:
    """The copying problem: S of K symbols over a delay of D steps."""
    blank, begin = K, K + 1

    def draw(B: int, rng: np.random.Generator) -> Batch:
        symbols = rng.integers(0, K, (S, B))
        signs = np.concatenate((symbols, np.full((D, B), blank), np.full((S, B), begin)))
        return Batch(np.eye(K + 2)[signs], symbols)

    def judge(output: Array, answer: Array) -> float:
        return float((output.argmax(axis=2) == answer).mean())

    return Task(draw, K + 2, K, math.log(K), softmax_cross_entropy, "logits", judge)
