"""Bugs planted in the backward pass: each is called different, and the map points at it."""

import numpy as np
import pytest

from gradcheck.exact import build_exact_map, decide_adjoint
from tests.harness.exact.exact_units import (
    One,
    gru,
    gru_inputs,
    logistic,
    lru,
    lru_inputs,
    lstm_inputs,
    lstm_with,
    rnn,
    rnn_inputs,
)

LSTM_BUGS = [
    "no_tanh_derivative",
    "c_instead_of_c_prev",
    "sigmoid_sign",
    "g_slope",
    "no_carry",
    "h_instead_of_h_prev",
    "one_bias",
    "dh_0",
]


@pytest.mark.parametrize("bug", LSTM_BUGS)
def test_lstm(bug):
    assert decide_adjoint(lstm_with(logistic, bug), lstm_inputs(3)).verdict == "different"


@pytest.mark.parametrize("bug", ["update_sign", "reset_forgotten", "tied_bias", "no_leak"])
def test_gru(bug):
    assert decide_adjoint(gru(bug), gru_inputs()).verdict == "different"


@pytest.mark.parametrize("activation", ["tanh", "relu", "leaky"])
@pytest.mark.parametrize("bug", ["slope_of_previous", "transpose"])
def test_rnn(activation, bug):
    assert decide_adjoint(rnn(activation, bug), rnn_inputs()).verdict == "different"


def test_lru_without_the_conjugate():
    assert decide_adjoint(lru("no_conjugate"), lru_inputs()).verdict == "different"


@pytest.mark.parametrize("window", [1, 6, 10])
def test_truncated_backpropagation(window):
    assert decide_adjoint(lstm_with(logistic, window=window), lstm_inputs(12, 1, 1, 2)).verdict == "different"


def test_truncation_that_never_happens_is_equal():
    assert decide_adjoint(lstm_with(logistic, window=12), lstm_inputs(12, 1, 1, 2)).verdict == "equal"


def test_long_memory_too_weak_for_any_tolerance():
    """The far end is 1e-24 of the near one; the field sees no sizes, and the decimals have digits to spare."""
    inputs = rnn_inputs(9, 1, 2, 2) | {"weight_hh": np.eye(2) / 1024}
    assert decide_adjoint(rnn("identity", window=7), inputs).verdict == "different"


def test_a_difference_of_the_size_of_a_rounded_constant_is_not_called_wrong():
    decision = decide_adjoint(lstm_with(logistic, "small"), lstm_inputs(3))
    assert decision.verdict == "undecided"
    assert "which a rounded constant would explain (1.0000000000009095)" in decision.reason


def test_some_outputs_without_upstream():
    """The bug sits behind h_0 alone, and shows whichever output is given."""
    for given in [("ys",), ("h_T",), ("c_T",)]:
        assert decide_adjoint(lstm_with(logistic, "dh_0"), lstm_inputs(2), given=given).verdict == "different"
        assert decide_adjoint(lstm_with(logistic), lstm_inputs(2), given=given).verdict == "equal"


def test_map_of_a_truncated_lstm():
    table = build_exact_map(lstm_with(logistic, window=1), lstm_inputs(4), {"x": 4, "ys": 4})
    cells = {
        (row, column): cell
        for row, line in zip(table.rows, table.cells, strict=True)
        for column, cell in zip(table.columns, line, strict=True)
    }
    for t in range(4):
        for s in range(4):
            cell = cells[("ys", t, t + 1), ("x", s, s + 1)]
            assert cell == ("zero" if s > t else "missing" if t == 3 and s < 3 else "right"), (t, s)


def test_map_of_a_wrong_gate():
    table = build_exact_map(lstm_with(logistic, "g_slope"), lstm_inputs(1), {"bias_ih": 4, "ys": 1}, given=("ys",))
    gates = dict(zip(table.columns, table.cells[0], strict=True))
    assert [gates["bias_ih", 3 * k, 3 * k + 3] for k in range(4)] == ["right", "right", "wrong", "right"]
    assert not build_exact_map(lstm_with(logistic), lstm_inputs(1)).wrong()


def test_missing_and_misshapen_gradients_are_refused():
    def unit(x):
        return One(x), lambda d: {}

    def bent(x):
        return One(x), lambda d: {"x": d.y[0]}

    with pytest.raises(ValueError, match="no gradient for x"):
        decide_adjoint(unit, {"x": np.ones(3)})
    with pytest.raises(ValueError, match=r"the gradient of x has shape \(\), x itself \(3,\)"):
        decide_adjoint(bent, {"x": np.ones(3)})
