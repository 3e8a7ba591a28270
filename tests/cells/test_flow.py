"""The flow of gradients, against autograd: Jacobians, norms, bounds, the path through the cell, gradient by lag."""

from itertools import combinations

import numpy as np
import pytest
import torch

from manual.layers.activation import logistic
from manual.recurrent.gru import reset_after, reset_before
from manual.recurrent.lstm import lstm_cell
from manual.recurrent.rnn import rnn, rnn_cell
from manual.shared import flow
from manual.shared.time_loop import Parameters
from reference.recurrent import gru as gru_reference
from reference.recurrent import lstm as lstm_reference
from reference.recurrent import rnn as rnn_reference

T, B, INPUTS, H = 5, 2, 2, 3
CLOSE = {"rtol": 1e-11, "atol": 1e-14}


def arrays(gates, states=1, seed=0):
    random = np.random.default_rng(seed)
    shapes = ((gates * H, INPUTS), (gates * H, H), (gates * H,), (gates * H,))
    parameters = Parameters(*(random.normal(size=s) * 0.7 for s in shapes))
    return random.normal(size=(T, B, INPUTS)), parameters, tuple(random.normal(size=(B, H)) for _ in range(states))


def tensor(a):
    return torch.from_numpy(np.array(a))


def by_jacrev(reference, x, parameters, trajectory, t, k, **options):
    """ds_t/ds_k of each row, by autograd on steps k+1..t."""
    theta = [tensor(p) for p in parameters]

    def run(*state):
        outputs = reference(tensor(x[k:t]), *theta, *state, **options)
        return torch.cat(outputs[1:], dim=1)

    state = tuple(tensor(s[k]) for s in trajectory)
    blocks = torch.func.jacrev(run, argnums=tuple(range(len(state))))(*state)
    whole = torch.cat(blocks, dim=-1).numpy()
    return np.stack([whole[b, :, b] for b in range(B)])


def rnn_flow(activation="tanh", seed=0):
    x, parameters, state = arrays(1, seed=seed)
    (hs,), jacobians = flow.step_jacobians(rnn_cell(activation), x, parameters, state)
    return x, parameters, hs, jacobians


CELLS = {
    "rnn": (lambda: rnn_cell("tanh"), 1, 1, None, rnn_reference.rnn, {}),
    "lstm": (lambda: lstm_cell, 4, 2, None, lstm_reference.lstm, {}),
    "gru": (lambda: reset_after(True), 3, 1, None, gru_reference.gru, {}),
    "gru, reset before": (lambda: reset_before(False), 3, 1, (2 * H, H), gru_reference.gru, {"reset": "before"}),
}


@pytest.mark.parametrize("name", CELLS)
def test_the_jacobians_of_any_cell_are_autograds_at_every_pair_of_steps(name):
    make, gates, states, stages, reference, options = CELLS[name]
    if options:
        options = {**options, "z_weighs": "candidate"}
    x, parameters, state = arrays(gates, states)
    trajectory, jacobians = flow.step_jacobians(make(), x, parameters, state, stages)
    whole = flow.products(jacobians)
    for t, k in combinations(range(T, -1, -1), 2):
        expected = by_jacrev(reference, x, parameters, trajectory, t, k, **options)
        np.testing.assert_allclose(whole[t, k], expected, **CLOSE)
        np.testing.assert_allclose(flow.norms(whole)[t, k], np.linalg.svd(expected)[1][:, 0], **CLOSE)
    assert (whole[2, 3:] == 0).all()
    assert (whole[2, 2] == np.eye(states * H)).all()


def test_the_formula_of_the_elman_network_is_the_backward_of_unit_vectors():
    _, parameters, hs, jacobians = rnn_flow()
    np.testing.assert_allclose(flow.rnn_jacobians(1 - hs[1:] ** 2, parameters.weight_hh), jacobians, **CLOSE)


def test_no_norm_is_above_its_bound_and_one_step_meets_it():
    *_, jacobians = rnn_flow()
    norms, bounds = flow.norms(flow.products(jacobians)), flow.bounds(jacobians)
    assert (norms <= bounds * (1 + 1e-14)).all()
    later = np.arange(1, T + 1)
    np.testing.assert_allclose(norms[later, later - 1], bounds[later, later - 1], **CLOSE)
    assert (norms[T, 0] < bounds[T, 0]).all()
    np.testing.assert_allclose(bounds[T, 0], np.prod(np.linalg.norm(jacobians, 2, axis=(-2, -1)), axis=0), **CLOSE)


def test_the_linear_network_has_the_powers_of_its_matrix():
    _, parameters, _, jacobians = rnn_flow("identity")
    whole = flow.products(jacobians)
    for t in range(T + 1):
        for k in range(t + 1):
            power = np.linalg.matrix_power(parameters.weight_hh, t - k)
            np.testing.assert_allclose(whole[t, k], np.broadcast_to(power, (B, H, H)), **CLOSE)


def test_an_orthogonal_matrix_keeps_every_singular_value_at_1_at_every_lag():
    x, parameters, state = arrays(1)
    orthogonal = np.linalg.qr(parameters.weight_hh)[0]
    _, jacobians = flow.step_jacobians(rnn_cell("identity"), x, parameters._replace(weight_hh=orthogonal), state)
    whole = flow.products(jacobians)
    singular = np.linalg.svd(whole[np.tril_indices(T + 1)], compute_uv=False)
    np.testing.assert_allclose(singular, 1, rtol=1e-13)
    np.testing.assert_allclose(flow.spectrum(orthogonal), 1, rtol=1e-13)


def test_the_spectral_figures_of_a_matrix_that_grows_before_it_falls():
    weight = np.array([[0.9, 1], [0, 0.9]])
    found = flow.spectrum(weight)
    assert found.radius == 0.9
    assert found.largest > 1.5
    assert found.largest * found.smallest == pytest.approx(0.81, rel=1e-14)


def lstm_with_gates(c_k, k):
    """The trajectory of an LSTM in torch in which c_k is a variable that makes h_k too."""
    x, parameters, (h, c) = arrays(4, 2)
    theta = [tensor(p) for p in parameters]
    h, c = tensor(h), tensor(c)
    if k == 0:
        c = c_k
    for t in range(1, T + 1):
        z = tensor(x[t - 1]) @ theta[0].T + theta[2] + h @ theta[1].T + theta[3]
        i, f, g, o = z.chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        if t == k:
            c = c_k
        h = o.sigmoid() * c.tanh()
    return c


def lstm_path():
    x, parameters, state = arrays(4, 2)
    (hs, cs), jacobians = flow.step_jacobians(lstm_cell, x, parameters, state)
    z = x @ parameters.weight_ih.T + parameters.bias_ih + hs[:-1] @ parameters.weight_hh.T + parameters.bias_hh
    _, f, _, o = np.split(logistic(z), 4, axis=2)
    return flow.cell_path(flow.products(jacobians), f, o, cs), f, cs


@pytest.mark.parametrize("k", [0, 1, 3, T])
def test_the_total_derivative_of_the_cell_is_autograds(k):
    path, _, cs = lstm_path()
    whole = torch.func.jacrev(lambda c: lstm_with_gates(c, k))(tensor(cs[k])).numpy()
    for b in range(B):
        np.testing.assert_allclose(path.total[T, k, b], whole[b, :, b], **CLOSE)


def test_the_path_along_the_cell_is_the_product_of_the_forget_gates_and_the_rest_is_the_share_of_the_others():
    path, f, _ = lstm_path()
    np.testing.assert_allclose(path.direct[T, 1], f[1:].prod(axis=0), **CLOSE)
    rest = path.total[T, 1, 0] - np.diag(path.direct[T, 1, 0])
    along, others = np.linalg.norm(path.direct[T, 1, 0]), np.linalg.norm(rest)
    assert path.share[T, 1, 0] == pytest.approx(others / (along + others), rel=1e-14)
    assert (path.share >= 0).all()
    assert (path.share < 1).all()
    assert (path.share[np.arange(T + 1), np.arange(T + 1)] == 0).all()
    assert path.share[T, 1, 0] > 0.01


def test_without_hidden_products_the_cell_is_the_only_path():
    x, parameters, state = arrays(4, 2)
    alone = parameters._replace(weight_hh=0 * parameters.weight_hh)
    (_, cs), jacobians = flow.step_jacobians(lstm_cell, x, alone, state)
    _, f, _, o = np.split(logistic(x @ alone.weight_ih.T + alone.bias_ih + alone.bias_hh), 4, axis=2)
    path = flow.cell_path(flow.products(jacobians), f, o, cs)
    assert path.share.max() < 1e-14
    np.testing.assert_allclose(path.total[T, 0, 0], np.diag(f[:, 0].prod(axis=0)), **CLOSE)


def test_the_gradient_by_lag_adds_up_to_the_whole_and_each_lag_is_autograds():
    x, parameters, hs, jacobians = rnn_flow()
    dys = np.random.default_rng(1).normal(size=(T, B, H))
    slopes = 1 - hs[1:] ** 2
    lags = flow.weight_gradient_by_lag(flow.products(jacobians), slopes, hs, dys)
    outputs, backward = rnn(x, *parameters, hs[0])
    whole = backward(outputs._replace(ys=dys, h_T=None))["weight_hh"]
    np.testing.assert_allclose(lags.sum(axis=0), whole, **CLOSE)
    copies = tensor(parameters.weight_hh).expand(T, H, H).clone().requires_grad_()
    h, ys = tensor(hs[0]), []
    for x_t, copy in zip(tensor(x), copies, strict=True):
        h = torch.tanh(
            x_t @ tensor(parameters.weight_ih).T + tensor(parameters.bias_ih + parameters.bias_hh) + h @ copy.T
        )
        ys.append(h)
    by_step = [torch.autograd.grad(y, copies, tensor(d), retain_graph=True)[0] for y, d in zip(ys, dys, strict=True)]
    for lag in range(T):
        expected = sum(by_step[t][t - lag] for t in range(lag, T))
        np.testing.assert_allclose(lags[lag], expected.numpy(), **CLOSE)


def test_the_long_range_part_vanishes_while_the_whole_does_not():
    random = np.random.default_rng(2)
    steps = 60
    x, dys = random.normal(size=(steps, 1, INPUTS)), random.normal(size=(steps, 1, H))
    weight = random.normal(size=(H, H))
    weight *= 0.5 / flow.spectrum(weight).radius
    parameters = Parameters(random.normal(size=(H, INPUTS)), weight, np.zeros(H), np.zeros(H))
    (hs,), jacobians = flow.step_jacobians(rnn_cell("tanh"), x, parameters, (np.zeros((1, H)),))
    lags = flow.weight_gradient_by_lag(flow.products(jacobians), 1 - hs[1:] ** 2, hs, dys)
    size = np.linalg.norm(lags, axis=(1, 2))
    assert np.linalg.norm(lags.sum(axis=0)) > 0.1 * size[0] > 0.1
    assert size[40:].max() < 1e-12 * size[0]
