"""Three routes to dL/dw of the scalar recurrence: recursion, closed form, reverse mode; and the case of a linear h."""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.exact import decide_equality
from manual._loss import Loss
from manual._scalar_routes import by_closed_form, by_recursion, dweight_hh
from manual.activation import FUNCTION
from manual.scalar_recurrence import scalar_recurrence, states

ROUTES = (by_recursion, by_closed_form)
NAMES = ("x", "target", "weight_ih", "weight_hh", "weight_output", "h_0")
FRACTIONS = st.fractions(-3, 3, max_denominator=12)


class Derivative(NamedTuple):
    dweight_hh: Any


def reverse_mode(activation, **inputs):
    loss, backward = scalar_recurrence(**inputs, activation=activation)
    return backward(Loss(np.ones_like(loss.loss)))["weight_hh"]


def drawn(T, B, rng):
    shapes = ((T, B), (T, B), (), (), (), (B,))
    return {n: np.asarray(rng.normal(size=s)) for n, s in zip(NAMES, shapes, strict=True)}


@st.composite
def rationals(draw):
    T, B = draw(st.integers(1, 6)), draw(st.integers(1, 2))

    def array(*shape):
        flat = draw(st.lists(FRACTIONS, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
        return np.array(flat, object).reshape(shape)

    return dict(zip(NAMES, (array(T, B), array(T, B), array(), array(), array(), array(B)), strict=True))


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.__name__)
@pytest.mark.parametrize("activation", FUNCTION)
@pytest.mark.parametrize("T", [1, 2, 5])
def test_the_routes_are_one_function_in_the_exact_field(route, activation, T):
    decision = decide_equality(
        lambda **inputs: Derivative(dweight_hh(route, **inputs, activation=activation)),
        lambda **inputs: Derivative(reverse_mode(activation, **inputs)),
        drawn(T, 2, np.random.default_rng(T)),
    )
    assert (decision.verdict, decision.reason) == ("equal", "")


def a_factor_too_many(b, c):
    """The product from i on, as it is found where j and i are taken for one another."""
    return np.array([sum(c[i : t + 1].prod(axis=0) * b[i] for i in range(t + 1)) for t in range(len(b))])


def test_a_product_that_starts_a_step_too_early_is_another_function():
    decision = decide_equality(
        lambda **inputs: Derivative(dweight_hh(a_factor_too_many, **inputs)),
        lambda **inputs: Derivative(reverse_mode("tanh", **inputs)),
        drawn(3, 2, np.random.default_rng(3)),
    )
    assert decision.verdict == "different"


@given(rationals(), st.sampled_from(("identity", "relu")))
def test_the_routes_are_equal_on_fractions(inputs, activation):
    found = {route.__name__: dweight_hh(route, **inputs, activation=activation).item() for route in ROUTES}
    wanted = reverse_mode(activation, **inputs).item()
    assert all(Fraction(value) == wanted for value in found.values())


@given(rationals())
def test_the_closed_form_solves_any_recurrence_of_its_kind(inputs):
    b, c = inputs["x"], inputs["target"]
    a = by_closed_form(b, c)
    assert (a[0] == b[0]).all()
    assert (a[1:] == b[1:] + c[1:] * a[:-1]).all()
    assert (by_recursion(b, c) == a).all()


@given(rationals())
def test_a_linear_recurrence_has_a_sum_of_powers(inputs):
    w, (_, hs) = inputs["weight_hh"], states(*(inputs[n] for n in ("x", "weight_ih", "weight_hh", "h_0")), "identity")
    a = by_recursion(hs[:-1], np.full(hs[1:].shape, w, object))
    for t in range(1, len(hs)):
        assert (a[t - 1] == sum(w.item() ** (t - k) * hs[k - 1] for k in range(1, t + 1))).all()


@given(st.integers(1, 12), st.integers(0, 2**32 - 1), st.sampled_from(sorted(FUNCTION)))
def test_the_routes_agree_in_floating_point(T, seed, activation):
    inputs = drawn(T, 2, np.random.default_rng(seed))
    wanted = reverse_mode(activation, **inputs)
    for route in ROUTES:
        assert dweight_hh(route, **inputs, activation=activation) == pytest.approx(wanted, rel=1e-9, abs=1e-9)
