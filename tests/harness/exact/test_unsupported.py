"""What would leave the field is undecided, and named with the file and line of the user's code."""

import inspect
from pathlib import Path

import numpy as np
import pytest

from gradcheck.exact import decide_adjoint
from tests.harness.exact.exact_units import One, elementwise_unit

X = {"x": np.array([[0.3, -0.7]])}
HERE = Path(__file__).name


def line_of(function):
    return f"{HERE}:{inspect.getsourcelines(function)[1]}"


OPERATIONS = {
    "arctan": lambda x: np.arctan(x),
    "conversion to float": lambda x: np.asarray(x, float),
    "division with remainder": lambda x: x % 2,
    "power": lambda x: 2.0**x,
    "the truth of a number": lambda x: x if x[0, 0] else -x,
    "NoneType": lambda x: np.empty(2, dtype=object) + x,
    "fill buffers with np.zeros_like": lambda x: np.tanh(np.zeros(2, dtype=x.dtype)) + x,
    "arctan2": lambda x: np.arctan2(x, x),
    "conversion to int": lambda x: np.floor(x),
    "the constant 0": lambda x: x / (np.zeros_like(x) + 0.0),
    "mul with inf": lambda x: x * np.inf,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_is_named_with_file_and_line(name):
    decision = decide_adjoint(elementwise_unit(OPERATIONS[name], lambda x, y: x), X)
    assert decision.verdict == "undecided"
    assert name in decision.reason
    assert line_of(OPERATIONS[name]) in decision.reason


def test_in_the_backward_pass_too():
    def unit(x):
        return One(x), lambda d: {"x": np.arctan(d.y)}

    decision = decide_adjoint(unit, X)
    assert decision.verdict == "undecided"
    assert "arctan" in decision.reason
    assert HERE in decision.reason


def test_division_that_fails_in_every_draw():
    decision = decide_adjoint(elementwise_unit(lambda x: x / (x - x), lambda x, y: x), X)
    assert decision.verdict == "undecided"
    assert "in each of 16 draws" in decision.reason


@pytest.mark.parametrize(
    "make",
    [
        lambda x: np.tanh(np.where(x > 0, x, 0)) + x,
        lambda x: np.exp(np.where(x > 0, x, -np.inf)) + x,
        lambda x: np.tanh(np.zeros_like(x)) + x,
        lambda x: np.float64(2) * (np.float32(0.5) * x),
        lambda x: x * np.isfinite(x),
    ],
)
def test_plain_numbers_mix_with_elements(make):
    decision = decide_adjoint(elementwise_unit(make, lambda x, y: 1), X)
    assert decision.verdict in ("equal", "different"), decision.reason
