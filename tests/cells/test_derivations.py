"""What docs/derivations say beyond the backward itself: total against direct derivatives, and sums over paths."""

import numpy as np
import pytest
import torch
from torch.autograd.functional import jacobian

from manual.learning.tbptt_rnn import tbptt_rnn
from manual.recurrent.lstm import LSTMOutput, lstm
from manual.recurrent.preactivation_rnn import preactivation_rnn
from manual.recurrent.rnn import RNNOutput, rnn
from manual.shared.attention import AttentionOutput, attend
from manual.shared.linear_recurrence import linear_recurrence, stepwise

H = 3
diag = torch.diag


@pytest.fixture
def draw():
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)


def test_a_network_of_one_unit_by_hand():
    """The table of rnn.md: dh_2 = 1, dh_1 = 3, dw = 6; without path 2 dw would be 4."""
    one, zero = np.ones((1, 1)), np.zeros(1)
    output, backward = rnn(np.ones((2, 1, 1)), one, 2 * one, zero, zero, one, activation="identity")
    gradients = backward(RNNOutput(np.ones((2, 1, 1)), None))
    assert output.ys.ravel().tolist() == [3, 7]
    assert gradients["x"].ravel().tolist() == [3, 1]
    assert gradients["weight_hh"] == 6


def test_only_one_total_factor_gives_the_gradient_of_a_weight():
    """notation.md, on the network of one unit by hand: 6 is right, 8 with both factors total, 4 with both direct."""
    w = torch.tensor(2.0, requires_grad=True)
    h_1 = w * 1 + 1
    h_2 = w * h_1 + 1
    total_of_w = [torch.autograd.grad(h, w, retain_graph=True)[0].item() for h in (h_1, h_2)]
    total_of_loss = [g.item() for g in torch.autograd.grad(h_1 + h_2, (h_1, h_2), retain_graph=True)]
    direct_of_w = [1, h_1.item()]
    assert torch.autograd.grad(h_1 + h_2, w)[0] == np.dot(direct_of_w, total_of_loss) == 6
    assert np.dot(total_of_w, total_of_loss) == 8
    assert np.dot(direct_of_w, [1, 1]) == 4


def test_the_gradient_of_a_recurrent_weight_is_a_sum_over_uses_and_losses(draw):
    """rnn.md: each pair of a use u and a loss t >= u adds one term."""
    T, I = 4, 2  # noqa: E741
    shapes = ((T, 1, I), (H, I), (H, H), (H,), (1, H), (T, 1, H))
    x, W_ih, W_hh, b, h_0, dys = (draw(*shape).numpy() for shape in shapes)
    output, backward = rnn(x, W_ih, W_hh, b, np.zeros(H), h_0)
    h = np.concatenate((h_0, output.ys[:, 0]))
    slopes = 1 - h * h
    total = np.zeros((H, H))
    for t in range(1, T + 1):
        carried = dys[t - 1, 0]
        for u in range(t, 0, -1):
            total += np.outer(slopes[u] * carried, h[u - 1])
            carried = W_hh.T @ (slopes[u] * carried)
    np.testing.assert_allclose(backward(RNNOutput(dys, None))["weight_hh"], total, rtol=1e-12)


def draw_steps(draw, T=4):
    x, W_ih, W_hh, b, h_0 = (draw(*shape).numpy() for shape in ((T, 1, H), (H, H), (H, H), (H,), (1, H)))
    return x, W_ih, W_hh, b, h_0


def read_jacobian(unit, *inputs):
    """dh_T/dh_0 of a unit by its own backward: a row for each unit vector that arrives at the last state."""
    output, backward = unit(*inputs)
    units = np.eye(H)[:, None]
    return np.stack([backward(output._replace(ys=None, h_T=e))["h_0"][0] for e in units])


def test_the_order_of_the_factors_says_where_the_state_is(draw):
    """rnn.md: after the activation diag(phi'(z_j)) W, before it W diag(phi'(h_{j-1})); neither is the other."""
    x, W_ih, W_hh, b, h_0 = draw_steps(draw)
    before, _ = preactivation_rnn(x, W_ih, W_hh, b, h_0)
    after, _ = rnn(x, W_ih, W_hh, b, 0 * b, np.tanh(h_0))
    np.testing.assert_allclose(np.tanh(before.ys), after.ys, rtol=1e-12)
    slopes = 1 - np.tanh(np.concatenate((h_0[None], before.ys))[:, 0]) ** 2
    of_before, of_after = np.eye(H), np.eye(H)
    for t in range(len(x)):
        of_before = W_hh * slopes[t] @ of_before
        of_after = slopes[t + 1][:, None] * W_hh @ of_after
    found_before = read_jacobian(preactivation_rnn, x, W_ih, W_hh, b, h_0)
    found_after = read_jacobian(rnn, x, W_ih, W_hh, b, 0 * b, np.tanh(h_0))
    np.testing.assert_allclose(found_before, of_before, rtol=1e-11)
    np.testing.assert_allclose(found_after, of_after, rtol=1e-11)
    np.testing.assert_allclose(found_after * slopes[0], slopes[-1][:, None] * found_before, rtol=1e-11)
    assert abs(found_after - found_before).max() > 0.1 * abs(found_before).max()


def add_terms(x, W_ih, W_hh, b, h_0, dys, terms=2):
    """truncation.md: dW_hh with the first terms of the sum over the uses of each loss."""
    output, _ = rnn(x, W_ih, W_hh, b, 0 * b, h_0)
    h = np.concatenate((h_0, output.ys[:, 0]))
    total = np.zeros_like(W_hh)
    for t in range(1, len(h)):
        carried = dys[t - 1, 0]
        for u in range(t, max(t - terms, 0), -1):
            total += np.outer((1 - h[u] ** 2) * carried, h[u - 1])
            carried = W_hh.T @ ((1 - h[u] ** 2) * carried)
    return total


@pytest.mark.parametrize("T", [2, 3, 6])
def test_two_step_bptt_is_truncated_bptt(draw, T):
    """It is TBPTT(1, 2) at every length, and the full gradient at two steps alone."""
    x, W_ih, W_hh, b, h_0 = draw_steps(draw, T)
    dys = draw(T, 1, H).numpy()
    printed = add_terms(x, W_ih, W_hh, b, h_0, dys)
    _, windows = tbptt_rnn(x, W_ih, W_hh, b, 0 * b, 1, 2, h_0)
    _, full = rnn(x, W_ih, W_hh, b, 0 * b, h_0)
    whole = full(RNNOutput(dys, None))["weight_hh"]
    np.testing.assert_allclose(printed, windows(RNNOutput(dys, None))["weight_hh"], rtol=1e-12)
    np.testing.assert_allclose(add_terms(x, W_ih, W_hh, b, h_0, dys, terms=T), whole, rtol=1e-12)
    assert (abs(printed - whole).max() > 0.01 * abs(whole).max()) == (T > 2)


def test_prod_is_a_sum_over_the_entries_of_the_result(draw):
    """notation.md: the operator of Dive into Deep Learning, of the Jacobians that autograd forms."""
    V, h, do = draw(4, H), draw(H), draw(4)
    of_h, of_V = jacobian(lambda v, M: M @ v, (h, V))
    assert (of_h.shape, of_V.shape) == ((4, H), (4, 4, H))
    torch.testing.assert_close(torch.tensordot(do, of_h, 1), V.T @ do, rtol=1e-13, atol=0)
    torch.testing.assert_close(torch.tensordot(do, of_V, 1), torch.outer(do, h), rtol=1e-13, atol=0)
    of_z = jacobian(torch.tanh, h)
    torch.testing.assert_close(torch.tensordot(h, of_z, 1), (1 - h.tanh() ** 2) * h, rtol=1e-13, atol=0)


def test_the_total_derivative_of_the_cell_has_the_gates_in_it(draw):
    """lstm.md: dc_{t+1}/dc_t is diag(f) and a second term, by way of h_t and the gates of the next step."""
    a, W, c, o_t = draw(4 * H), draw(4 * H, H), draw(H), draw(H).sigmoid()
    W_i, W_f, W_g, _ = W.chunk(4)

    def gates(cell):
        i, f, g, _ = (a + W @ (o_t * cell.tanh())).chunk(4)
        return i.sigmoid(), f.sigmoid(), g.tanh()

    def next_cell(cell):
        i, f, g = gates(cell)
        return f * cell + i * g

    i, f, g = gates(c)
    through_gates = diag(g * i * (1 - i)) @ W_i + diag(c * f * (1 - f)) @ W_f + diag(i * (1 - g * g)) @ W_g
    total = diag(f) + through_gates @ diag(o_t * (1 - c.tanh() ** 2))
    torch.testing.assert_close(jacobian(next_cell, c), total, rtol=1e-12, atol=1e-14)
    assert (total - diag(f)).abs().max() > 0.01


def test_an_lstm_explodes_through_its_recurrent_matrix():
    """lstm.md: one unit at zero with W_hg = 8; the first step is f alone, as h_0 does not move with c_0."""
    T, zeros = 20, np.zeros((1, 1))
    weight_hh = np.array([[0.0], [0.0], [8.0], [0.0]])
    output, backward = lstm(np.zeros((T, 1, 1)), np.zeros((4, 1)), weight_hh, np.zeros(4), np.zeros(4), zeros, zeros)
    assert not output.ys.any()
    assert backward(LSTMOutput(None, None, np.ones((1, 1))))["c_0"] == 0.5 * 2.5 ** (T - 1)


def test_the_jacobian_of_a_gru_has_four_terms(draw):
    """gru.md: what is kept, and the ways through z, u_n and r."""
    a, W, h = draw(3 * H), draw(3 * H, H), draw(H)
    W_r, W_z, W_n = W.chunk(3)

    def parts(state):
        (a_r, a_z, a_n), (u_r, u_z, u_n) = a.chunk(3), (W @ state).chunk(3)
        r, z = (a_r + u_r).sigmoid(), (a_z + u_z).sigmoid()
        return r, z, (a_n + r * u_n).tanh(), u_n

    def next_state(state):
        _, z, n, _ = parts(state)
        return z * state + (1 - z) * n

    r, z, n, u_n = parts(h)
    slope = (1 - z) * (1 - n * n)
    terms = [
        diag(z),
        diag((h - n) * z * (1 - z)) @ W_z,
        diag(slope * r) @ W_n,
        diag(slope * u_n * r * (1 - r)) @ W_r,
    ]
    torch.testing.assert_close(jacobian(next_state, h), sum(terms), rtol=1e-12, atol=1e-14)
    assert all(term.abs().max() > 0.001 for term in terms)


def test_the_state_gradient_of_a_linear_recurrence_is_a_sum_of_products(draw):
    """gated_and_linear.md: dh_u is the sum over t >= u of a_{u+1} ... a_t times dy_t."""
    T = 5
    a, b, dys = (draw(T, H).numpy() for _ in range(3))
    _, backward = linear_recurrence(stepwise, a, b, np.zeros(H))
    gradients = backward(dys, np.zeros(H))
    for u in range(T):
        expected = sum(np.prod(a[u + 1 : t + 1], axis=0) * dys[t] for t in range(u, T))
        np.testing.assert_allclose(gradients.b[u], expected, rtol=1e-12)


def test_the_scores_of_a_step_have_gradients_that_add_up_to_zero(draw):
    """attention.md: path 2 is the diagonal of the Jacobian, path 3 the rest, and a number added to all does nothing."""
    scores, value, dcontext = draw(1, 1, 4).numpy(), draw(4, 1, 2).numpy(), draw(1, 1, 2).numpy()
    output, backward = attend(scores, value, None)
    de = backward(AttentionOutput(dcontext, None))[0][0, 0]
    p, dp = output.weights[0, 0], value[:, 0] @ dcontext[0, 0]
    own = p * (1 - p) * dp
    others = [-p[i] * sum(p[j] * dp[j] for j in range(4) if j != i) for i in range(4)]
    np.testing.assert_allclose(de, own + others, rtol=1e-12)
    assert abs(de.sum()) < 1e-15
    assert abs(own.sum()) > 0.01
