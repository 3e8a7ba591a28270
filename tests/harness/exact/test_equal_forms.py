"""Right backwards in every equal form that authors write: equal, or undecided with the reason, never different."""

import numpy as np
import pytest

from gradcheck.exact import decide_adjoint
from tests.harness.exact.exact_units import (
    attention,
    clipped,
    cross_entropy,
    elementwise_unit,
    gru,
    gru_inputs,
    hinge,
    huber,
    layer_norm,
    log_sum_exp,
    logistic,
    logistic_exp,
    logistic_ratio,
    lru,
    lru_inputs,
    lstm_inputs,
    lstm_with,
    masked_softmax,
    rnn,
    rnn_inputs,
)

X = np.random.default_rng(0).standard_normal((4, 3)) * 1.5
Z = np.random.default_rng(1).standard_normal((3, 2, 4))
TARGETS = np.array([[0, 3], [2, 1], [1, 1]])
MASK = np.array([[1, 1], [1, 0], [1, 0]])


@pytest.mark.parametrize("sigmoid", [logistic, logistic_exp, logistic_ratio])
def test_lstm_by_every_logistic(sigmoid):
    assert decide_adjoint(lstm_with(sigmoid), lstm_inputs()).verdict == "equal"


@pytest.mark.parametrize("T", [1, 2, 5])
def test_recurrent_cells(T):
    assert decide_adjoint(gru(), gru_inputs(T)).verdict == "equal"
    for activation in ["tanh", "relu", "identity", "leaky"]:
        assert decide_adjoint(rnn(activation), rnn_inputs(T)).verdict == "equal"


def test_complex_recurrence():
    assert decide_adjoint(lru(), lru_inputs()).verdict == "equal"


FORMS = {
    "logistic from argument": (logistic, lambda x, y: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    "logistic from value": (logistic_ratio, lambda x, y: y * (1 - y)),
    "logistic from another form": (logistic_exp, lambda x, y: logistic(x) * logistic_ratio(-x)),
    "tanh from value": (np.tanh, lambda x, y: 1 - y**2),
    "tanh from cosh": (np.tanh, lambda x, y: 1 / np.cosh(x) ** 2),
    "tanh from exp": (np.tanh, lambda x, y: 4 / (np.exp(x) + np.exp(-x)) ** 2),
    "tanh of exp": (lambda x: np.sinh(x) / np.cosh(x), lambda x, y: 1 - np.tanh(x) ** 2),
    "exp of twice": (lambda x: np.exp(2 * x), lambda x, y: 2 * np.exp(x) ** 2),
    "expm1": (np.expm1, lambda x, y: y + 1),
    "softplus": (lambda x: np.log1p(np.exp(x)), lambda x, y: logistic(x)),
    "softplus from value": (lambda x: np.log1p(np.exp(x)), lambda x, y: 1 - np.exp(-y)),
    "stable softplus": (lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0), lambda x, y: logistic(x)),
    "silu": (lambda x: x * logistic_exp(x), lambda x, y: logistic(x) * (1 + x * (1 - logistic_ratio(x)))),
    "log": (lambda x: np.log(x * x + 1), lambda x, y: 2 * x / (x * x + 1)),
    "sqrt": (lambda x: np.sqrt(x * x + 1), lambda x, y: x / y),
    "sqrt times itself": (lambda x: np.sqrt(x * x + 1), lambda x, y: x * y / (x * x + 1)),
    "sine": (lambda x: np.sin(x) ** 2, lambda x, y: np.sin(2 * x)),
    "tangent": (np.tan, lambda x, y: 1 + y * y),
    "absolute value": (np.abs, lambda x, y: np.sign(x)),
    "softsign from value": (lambda x: x / (1 + np.abs(x)), lambda x, y: (1 - np.abs(y)) ** 2),
    "elu from value": (lambda x: np.where(x > 0, x, np.expm1(x)), lambda x, y: np.where(y > 0, 1, y + 1)),
    "hard tanh from value": (lambda x: np.maximum(-1, np.minimum(1, x)), lambda x, y: np.abs(y) < 1),
}


@pytest.mark.parametrize("name", FORMS)
def test_elementwise(name):
    decision = decide_adjoint(elementwise_unit(*FORMS[name]), {"x": X})
    assert decision.verdict == "equal", decision.reason


UNITS = {
    "clip, cumsum": (clipped, {"x": X}),
    "hinge": (hinge, {"x": X, "signs": np.where(X > 0, 1, -1)}),
    "huber": (huber, {"x": X}),
    "attention by einsum": (attention, {"q": X[:2], "k": X[None] * np.array([1.0, 2.0])[:, None, None]}),
    "log-sum-exp": (log_sum_exp, {"x": X}),
    "softmax masked by -inf": (masked_softmax(-np.inf), {"s": X, "mask": X > -1}),
    "softmax masked by -1e9": (masked_softmax(-1e9), {"s": X, "mask": X > -1}),
    "cross-entropy, exp of log": (cross_entropy("exp of log"), {"z": Z, "targets": TARGETS, "mask": MASK}),
    "cross-entropy, ratio": (cross_entropy("ratio"), {"z": Z, "targets": TARGETS, "mask": MASK}),
    "layer norm, compact": (layer_norm("compact"), {"x": X, "weight": X[0], "bias": X[1]}),
    "layer norm, by variance": (layer_norm("variance"), {"x": X, "weight": X[0], "bias": X[1]}),
    "layer norm, power -1.5": (layer_norm("power"), {"x": X, "weight": X[0], "bias": X[1]}),
}


@pytest.mark.parametrize("name", UNITS)
def test_units(name):
    decision = decide_adjoint(*UNITS[name])
    assert decision.verdict == "equal", decision.reason


UNKNOWN = {
    "a law of exp": (
        lambda x: np.exp(3 * x),
        lambda x, y: 3 * np.exp(x) ** 3,
        "by a law of exp that the finite field does not know",
    ),
    "a law of log": (
        lambda x: np.log(x * x + 1) ** 2 / 2,
        lambda x, y: -2 * x * np.log(1 / (x**4 + 2 * x**2 + 1)) / (2 * x * x + 2),
        "by a law of log that the finite field does not know",
    ),
    "a third": (lambda x: x / 3, lambda x, y: 1 / 3, "which a rounded constant would explain (0.3333333333333333)"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_field_cannot_know_is_undecided(name):
    value, derivative, reason = UNKNOWN[name]
    decision = decide_adjoint(elementwise_unit(value, derivative), {"x": X})
    assert decision.verdict == "undecided"
    assert reason in decision.reason


def test_a_kink_is_moved_away_from():
    relu = elementwise_unit(lambda x: np.maximum(x, 0), lambda x, y: x > 0)
    assert decide_adjoint(relu, {"x": np.zeros(3)}).verdict == "equal"
