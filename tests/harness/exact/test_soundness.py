"""Over small primes, where accidents are frequent: wrong backwards are accepted within the bound, and near it."""

import math

import numpy as np
import pytest

from gradcheck.exact.adjoint import run_trial
from gradcheck.exact.errors import UnluckyDraw
from gradcheck.exact.field import Field
from tests.harness.exact.exact_units import One, elementwise_unit, rnn

TRIALS = 2000
SIGMAS = 5.0  # one false alarm in three million runs of a test


def scalar_product(x, w):
    """y = w x, with dx = dy (w + x): the defect dy dx x has degree three."""
    return One(w * x), lambda d: {"x": d.y * (w + x), "w": d.y * x}


def long_product(x):
    """y = prod x, with dx_0 too large by prod_k (x_k - k): the defect splits into as many factors as it has degrees."""

    def backward(d):
        dx = np.stack([d.y * np.prod(x[:k]) * np.prod(x[k + 1 :]) for k in range(len(x))])
        dx[0] = dx[0] + d.y * np.prod(x - np.arange(len(x)))
        return {"x": dx}

    return One(np.prod(x)), backward


WRONG = {
    "degree 3": (scalar_product, {"x": np.array(0.5), "w": np.array(0.3)}),
    "degree 8": (long_product, {"x": np.linspace(0.1, 0.9, 6)}),
    "tanh": (elementwise_unit(np.tanh, lambda x, y: 1 - y), {"x": np.array([0.3])}),
    "quotient": (elementwise_unit(lambda x: x / (1 + x), lambda x, y: (1 - y) ** 2 + y), {"x": np.array([0.3])}),
    "square root": (elementwise_unit(np.sqrt, lambda x, y: 1 / y), {"x": np.array([0.3])}),
    "linear recurrence": (
        rnn("identity", window=1),
        {"x": np.ones((3, 1, 1)), "weight_ih": np.ones((1, 1)), "weight_hh": np.ones((1, 1)), "h_0": np.ones((1, 1))},
    ),
}


def rates(unit, inputs, p, trials):
    """Accepted, judged, and the sum and variance of the stated bounds."""
    accepted, judged, expected, spread = 0, 0, 0.0, 0.0
    for seed in range(trials):
        try:
            decision = run_trial(unit, inputs, Field(p, seed))
        except UnluckyDraw:
            continue
        judged += 1
        bound = 2**decision.log2_bound
        expected, spread = expected + bound, spread + bound * (1 - bound)
        accepted += decision.verdict == "equal"
    return accepted, judged, expected, spread


@pytest.mark.parametrize("p", [101, 1009, 10007])
@pytest.mark.parametrize("name", WRONG)
def test_false_acceptance_stays_under_the_bound(name, p):
    unit, inputs = WRONG[name]
    accepted, judged, expected, spread = rates(unit, inputs, p, TRIALS)
    assert judged > TRIALS / 2
    assert accepted <= expected + SIGMAS * math.sqrt(spread) + 1


@pytest.mark.parametrize("name", ["degree 3", "degree 8"])
def test_the_bound_is_nearly_reached(name):
    """So a bound of half the size would fail the test above: it can fail."""
    unit, inputs = WRONG[name]
    accepted, judged, expected, _ = rates(unit, inputs, 101, 3000)
    half = expected / 2
    assert judged > 2000
    assert accepted > half + SIGMAS * math.sqrt(half)


def test_upstream_and_direction_alone_have_two_chances_in_p():
    """At a fixed point the pairing is bilinear: a wrong Jacobian passes with probability 2/p - 1/p^2."""
    unit = elementwise_unit(lambda x: 3 * x, lambda x, y: 2)
    accepted = sum(run_trial(unit, {"x": np.array(1.0)}, Field(101, seed)).verdict == "equal" for seed in range(4000))
    expected = 4000 * (2 / 101 - 1 / 101**2)
    assert abs(accepted - expected) < SIGMAS * math.sqrt(expected)
