"""lstm.md: a cell keeps a signal over any lag while its output gate is shut, and the gradient comes back as it was."""

from pathlib import Path

import numpy as np
import pytest

from manual.recurrent.lstm import LSTMOutput, lstm
from manual.recurrent.rnn import RNNOutput, rnn

PAGE = (Path(__file__).parents[2] / "docs" / "derivations" / "lstm.md").read_text(encoding="utf-8")
LAGS = (1, 10, 100, 1000)
SHUT, SWING = -40.0, 80.0
"""What a gate is given where its flag is 0, and what the flag adds: the logistic function of 40 is 1 in float64."""


def run_lstm(lag, *, forget=40.0):
    """One unit, its inputs a value and the flags write and release: set at the first step and at the last one."""
    x = np.zeros((lag + 1, 1, 3))
    x[0] = [1, 1, 0]
    x[-1, 0, 2] = 1
    weight_ih = np.array([[0, SWING, 0], [0, 0, 0], [1, 0, 0], [0, 0, SWING]])
    bias, zeros = np.array([SHUT, forget, 0, SHUT]), np.zeros((1, 1))
    output, backward = lstm(x, weight_ih, np.zeros((4, 1)), bias, np.zeros(4), zeros, zeros)

    def reach(t):
        """dh_t/dx_1, of the value alone."""
        dys = np.zeros_like(output.ys)
        dys[t - 1] = 1
        return backward(LSTMOutput(dys, None, None))["x"][0, 0, 0]

    return output.ys[:, 0, 0], reach


def reach_of_elman(lag):
    """dh_T/dx_1 of one tanh unit that keeps its state as well as it can, w = 1."""
    x, one, zero = np.zeros((lag + 1, 1, 1)), np.ones((1, 1)), np.zeros(1)
    x[0] = 1
    output, backward = rnn(x, one, one, zero, zero, np.zeros((1, 1)))
    return output.h_T.item(), backward(RNNOutput(None, one))["x"][0].item()


@pytest.mark.parametrize("lag", LAGS)
def test_the_signal_and_its_gradient_do_not_depend_on_the_lag(lag):
    ys, reach = run_lstm(lag)
    assert ys[-1] == pytest.approx(np.tanh(np.tanh(1)), rel=1e-14)
    assert reach(lag + 1) == pytest.approx((1 - np.tanh(1) ** 2) * (1 - np.tanh(np.tanh(1)) ** 2), rel=1e-14)


def test_nothing_is_seen_of_it_while_the_gate_is_shut():
    ys, reach = run_lstm(100)
    assert abs(ys[:-1]).max() < 1e-17
    assert abs(reach(50)) < 1e-17


def test_a_forget_gate_that_leaks_loses_it():
    _, reach = run_lstm(100, forget=1.0)
    assert abs(reach(101)) < 1e-13


@pytest.mark.parametrize("lag", LAGS)
def test_the_table_of_the_page_holds_these_numbers(lag):
    ys, reach = run_lstm(lag)
    state, of_elman = reach_of_elman(lag)
    assert f"| {lag} | {ys[-1]:.4f} | {reach(lag + 1):.4f} | {state:.4f} | {of_elman:.1e} |" in PAGE
