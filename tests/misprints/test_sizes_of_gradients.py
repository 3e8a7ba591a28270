"""What is said of gradients that vanish and explode is refuted, or restricted, by exact numbers: M13, M19, M20, M22."""

from fractions import Fraction

import numpy as np
import pytest

from manual.recurrent.lstm import LSTMOutput, lstm
from manual.recurrent.preactivation_rnn import preactivation_cell
from manual.recurrent.rnn import RNNOutput, rnn, rnn_cell
from manual.shared import flow
from manual.shared.time_loop import Parameters
from tests.misprints.catalog import LINEAR
from tests.misprints.test_statements import fractions

NILPOTENT = np.array([[2.0, -4.0], [1.0, -2.0]])
STEEPEST = {"tanh": 1, "logistic": 0.25, "relu": 1}


def powers(weight, count):
    result = [fractions([[1, 0], [0, 1]])]
    for _ in range(count):
        result.append(weight @ result[-1])
    return result


def pull_back(weight, upstream, T):
    """dh_0 of a linear network with this W and no input, by the unit's own backward, in fractions."""
    H = len(weight)
    zeros = np.full((1, H), Fraction(0), dtype=object)
    outputs, backward = LINEAR.unit(
        x=np.full((T, 1, 1), Fraction(0), dtype=object),
        weight_ih=zeros.T,
        weight_hh=weight,
        bias_ih=zeros[0],
        bias_hh=zeros[0],
        h_0=zeros,
    )
    return backward(outputs._replace(ys=None, h_T=fractions([upstream])))["h_0"][0].tolist()


def test_m13_a_spectral_radius_below_1_does_not_keep_the_powers_small():
    """W = [[9/10, 1], [0, 9/10]]: the corner of W^k is k (9/10)^(k-1), which grows to k = 9 and falls from k = 10."""
    r = Fraction(9, 10)
    corner = [p[0, 1] for p in powers(fractions([[r, 1], [0, r]]), 200)]
    assert all(corner[k] == k * r ** (k - 1) for k in range(1, 201))
    assert all(corner[k] < corner[k + 1] for k in range(9))
    assert corner[9] == corner[10] > Fraction(387, 100)
    assert all(corner[k] > corner[k + 1] for k in range(10, 200))
    assert corner[200] < Fraction(1, 10**6)


def test_m13_the_gradient_of_a_linear_network_does_so_too():
    """By the unit's own backward, without rounding: the upstream gradient (1, 0) comes back 3.87 times longer."""
    r, T = Fraction(9, 10), 9
    dh_0 = pull_back(fractions([[r, 1], [0, r]]), (1, 0), T)
    assert dh_0 == [r**T, T * r ** (T - 1)]
    assert dh_0[1] > Fraction(387, 100)


def pull_back_relu(T, activation="relu"):
    x, h_0, b = np.broadcast_to([[[-1.0, -2.0]]], (T, 1, 2)).copy(), np.array([[1.0, 0.0]]), np.zeros(2)
    output, backward = rnn(x, np.eye(2), NILPOTENT, b, b, h_0, activation=activation)
    return output, backward(RNNOutput(None, np.array([[1.0, 0.0]])))["h_0"][0].tolist()


@pytest.mark.parametrize("T", [1, 2, 10, 40])
def test_m13_of_a_nonlinear_network_gradients_explode_at_a_spectral_radius_of_0(T):
    """Powers of two and their sums have no rounding: the figures are exact."""
    assert not (NILPOTENT @ NILPOTENT).any()
    output, dh_0 = pull_back_relu(T)
    assert (output.ys == [1.0, 0.0]).all()
    assert dh_0 == [2**T, -(2 ** (T + 1))]


def test_m13_of_the_linear_network_they_are_gone_after_two_steps():
    assert pull_back_relu(1, "identity")[1] == [2, -4]
    assert pull_back_relu(2, "identity")[1] == [0, 0]


@pytest.mark.parametrize("cell", [rnn_cell, preactivation_cell])
@pytest.mark.parametrize("activation", STEEPEST)
def test_m13_the_largest_singular_value_times_the_steepest_slope_bounds_every_lag(cell, activation):
    random, T, H = np.random.default_rng(0), 30, 4
    weight = random.normal(size=(H, H))
    weight *= 0.9 / (STEEPEST[activation] * flow.spectrum(weight).largest)
    assert flow.spectrum(weight).largest == pytest.approx(0.9 / STEEPEST[activation], rel=1e-12)
    parameters = Parameters(random.normal(size=(H, H)), weight, np.zeros(H), np.zeros(H))
    x, h_0 = random.normal(size=(T, 1, H)), random.normal(size=(1, H))
    _, jacobians = flow.step_jacobians(cell(activation), x, parameters, (h_0,))
    norms = flow.norms(flow.products(jacobians))[:, :, 0]
    assert all(norms[t, k] <= 0.9 ** (t - k) * (1 + 1e-12) for t in range(T + 1) for k in range(t + 1))


def test_m13_a_singular_value_above_1_is_necessary_for_exploding_and_does_not_suffice():
    weight = fractions([[0, 2], [0, 0]])
    assert flow.spectrum(weight.astype(float)).largest == 2
    assert pull_back(weight, (1, 0), 1) == [0, 2]
    assert pull_back(weight, (1, 0), 2) == [0, 0]
    assert flow.spectrum(NILPOTENT).largest == pytest.approx(5, rel=1e-12)


def test_m19_small_entries_can_make_gradients_explode_and_large_ones_vanish():
    """20 x 20 entries of 1/10 double a gradient at every step; entries of 100 can be gone after two."""
    ones = np.full((20, 20), Fraction(1, 10), dtype=object)
    assert flow.spectrum(ones.astype(float)).radius == pytest.approx(2, rel=1e-12)
    assert pull_back(ones, [1] * 20, 40) == [2**40] * 20
    assert pull_back(fractions([[0, 100], [0, 0]]), (1, 1), 2) == [0, 0]


def test_m20_one_direction_explodes_while_another_vanishes():
    dh_0 = pull_back(fractions([[Fraction(3, 2), 0], [0, Fraction(1, 2)]]), (1, 1), 40)
    assert dh_0 == [Fraction(3, 2) ** 40, Fraction(1, 2) ** 40]
    assert 1.1e7 < dh_0[0] < 1.2e7
    assert 9e-13 < dh_0[1] < 1e-12


def pull_back_cell(weight_hg, T):
    """dc_0 of an LSTM of one unit at zero, whose forget gate is exactly 1: the others stand at 1/2."""
    zeros, open_gate = np.zeros((1, 1)), np.array([0.0, 40.0, 0.0, 0.0])
    weight_hh = np.array([[0.0], [0.0], [weight_hg], [0.0]])
    output, backward = lstm(np.zeros((T, 1, 1)), np.zeros((4, 1)), weight_hh, open_gate, np.zeros(4), zeros, zeros)
    assert not output.ys.any()
    return backward(LSTMOutput(None, None, np.ones((1, 1))))["c_0"].item()


def test_m22_with_a_forget_gate_of_1_the_gradient_of_the_cell_explodes_or_vanishes_by_its_recurrent_matrix():
    """Each step from the second on multiplies by f + i o W_hg = 1 + W_hg / 4; f alone would keep it at 1."""
    assert 1 / (1 + np.exp(-40.0)) == 1
    assert pull_back_cell(0.0, 20) == 1
    assert pull_back_cell(8.0, 20) == 3.0**19
    assert pull_back_cell(-4.0, 2) == 0
    assert pull_back_cell(-4.0, 20) == 0
