"""Initial weights: orthogonal to 1e-12 and drawn uniformly, the identity, and the forget bias."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manual.layers.activation import logistic
from manual.linear.linear_rnn import linear_rnn
from manual.recurrent.lstm import lstm
from manual.shared.initialization import forget_bias, identity, orthogonal, orthogonal_blocks
from manual.shared.loss import Loss

SIZES = st.integers(1, 60)
SEEDS = st.integers(0, 2**32 - 1)


@given(SIZES, SIZES, SEEDS, st.floats(0.1, 3))
def test_orthogonal_to_1e_12(rows, columns, seed, gain):
    w = orthogonal(rows, columns, np.random.default_rng(seed), gain) / gain
    assert w.shape == (rows, columns)
    product = w.T @ w if rows >= columns else w @ w.T
    assert np.abs(product - np.eye(min(rows, columns))).max() < 1e-12


@given(st.integers(1, 4), st.integers(1, 12), SEEDS)
def test_every_block_of_a_gated_weight_is_orthogonal(gates, H, seed):
    w = orthogonal_blocks(gates, H, np.random.default_rng(seed))
    blocks = w.reshape(gates, H, H)
    assert np.abs(blocks @ blocks.swapaxes(1, 2) - np.eye(H)).max() < 1e-12
    assert len({block.tobytes() for block in blocks}) == gates or H == 1


def test_orthogonal_matrices_are_drawn_uniformly():
    """By Haar's measure the trace has mean 0 and variance 1; signs left to the algorithm give a mean far from 0."""
    rng = np.random.default_rng(0)
    traces = np.array([np.trace(orthogonal(4, 4, rng)) for _ in range(4000)])
    assert abs(traces.mean()) < 5 / 4000**0.5
    assert abs(traces.var() - 1) < 0.15


def test_the_seed_decides():
    assert np.array_equal(*(orthogonal(5, 3, np.random.default_rng(7)) for _ in range(2)))


@pytest.mark.parametrize("weight", ["orthogonal", "identity"])
def test_a_gradient_keeps_its_length_over_300_steps(weight):
    T, H = 300, 8
    w = identity(H) if weight == "identity" else orthogonal(H, H, np.random.default_rng(1))
    x, target = np.zeros((T, 1, 1)), np.zeros((T, 1, H))
    target[-1] = np.arange(1, H + 1)
    loss, backward = linear_rnn(x, np.ones((H, 1)), w, np.eye(H), target)
    gradient = backward(Loss(np.ones_like(loss.loss)))["h_0"]
    assert np.linalg.norm(gradient) == pytest.approx(np.linalg.norm(target[-1]) / T, rel=1e-12)


@given(st.integers(1, 8), st.floats(-3, 3))
def test_the_forget_bias_opens_the_forget_gate_alone(H, value):
    bias = forget_bias(H, value)
    c_0 = np.ones((1, H))
    x, weights = np.zeros((1, 1, 1)), (np.zeros((4 * H, 1)), np.zeros((4 * H, H)))
    outputs, _ = lstm(x, *weights, bias, np.zeros(4 * H), np.zeros((1, H)), c_0)
    assert outputs.c_T == pytest.approx(np.full((1, H), logistic(np.array(value))))
    assert np.count_nonzero(bias) == (H if value else 0)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: orthogonal(0, 2, np.random.default_rng(0)), "rows"),
        (lambda: orthogonal(2, 0, np.random.default_rng(0)), "columns"),
        (lambda: orthogonal_blocks(0, 2, np.random.default_rng(0)), "gates"),
        (lambda: identity(0), "H"),
        (lambda: forget_bias(-1), "H"),
        (lambda: forget_bias(2, np.inf), "value"),
    ],
)
def test_what_makes_no_matrix_is_named(make, name):
    with pytest.raises(ValueError, match=f"^{name}: it is .*; give a "):
        make()
