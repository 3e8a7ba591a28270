"""Three routes to the gradients of the linear RNN: reverse mode, matrix powers, and forward sensitivities."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.exact import decide_equality
from manual._linear_rnn_routes import by_matrix_powers, by_sensitivities
from manual._loss import Loss
from manual.linear_rnn import linear_rnn

WEIGHTS = ("weight_ih", "weight_hh", "weight_output")
ROUTES = {"matrix powers": by_matrix_powers, "sensitivities": by_sensitivities}


class Weights(NamedTuple):
    weight_ih: Any
    weight_hh: Any
    weight_output: Any


def reverse_mode(**inputs):
    loss, backward = linear_rnn(**inputs)
    gradients = backward(Loss(np.ones_like(loss.loss)))
    return {n: gradients[n] for n in WEIGHTS}


def as_function(route):
    return lambda **inputs: Weights(**{n: route(**inputs)[n] for n in WEIGHTS})


def drawn(T, B, sizes, seed, initial=True):
    I, H, V = sizes  # noqa: E741
    shapes = {"x": (T, B, I), "weight_ih": (H, I), "weight_hh": (H, H), "weight_output": (V, H), "target": (T, B, V)}
    rng = np.random.default_rng(seed)
    return {n: rng.normal(size=s) for n, s in {**shapes, **({"h_0": (B, H)} if initial else {})}.items()}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("T", [1, 2, 5])
@pytest.mark.parametrize("initial", [True, False])
def test_the_routes_are_one_function_in_the_exact_field(route, T, initial):
    inputs = drawn(T, 2, (2, 3, 1), T, initial)
    decision = decide_equality(as_function(reverse_mode), as_function(ROUTES[route]), inputs)
    assert (decision.verdict, decision.reason) == ("equal", "")


@given(st.integers(1, 9), st.integers(1, 3), st.tuples(*[st.integers(1, 4)] * 3), st.integers(0, 2**32 - 1))
def test_the_routes_agree_in_floating_point(T, B, sizes, seed):
    inputs = drawn(T, B, sizes, seed)
    wanted = reverse_mode(**inputs)
    for route in ROUTES.values():
        for name, gradient in route(**inputs).items():
            assert gradient == pytest.approx(wanted[name], rel=1e-9, abs=1e-9 * np.abs(wanted[name]).max()), name


def transposed(**inputs):
    gradients = by_matrix_powers(**inputs)
    return {**gradients, "weight_hh": gradients["weight_hh"].T}


def test_a_transposed_gradient_is_another_function():
    inputs = drawn(3, 1, (2, 3, 1), 0)
    assert decide_equality(as_function(reverse_mode), as_function(transposed), inputs).verdict == "different"


def test_the_gradient_of_the_recurrent_weight_is_square():
    assert reverse_mode(**drawn(3, 2, (4, 3, 2), 0))["weight_hh"].shape == (3, 3)
