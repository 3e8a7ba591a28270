"""Lengths, directions and layers around every cell: what holds beside the equality of gradients."""

import numpy as np
import pytest

from manual.deep.ragged_lstm import ragged_lstm
from manual.layers.activation import FUNCTION
from manual.recurrent.gru import gru_cell
from manual.recurrent.lstm import lstm_cell
from manual.recurrent.rnn import rnn_cell
from manual.shared.deep import Deep, ragged, reverse
from manual.shared.recurrence import checkpointed, chunked, full, windowed
from manual.shared.time_loop import Parameters

T, B, I, H = 6, 4, 3, 2  # noqa: E741
LENGTHS = np.array([3, 6, 1, 5])
CELLS = {
    **{f"rnn {kind}": (rnn_cell(kind), None, 1, 1) for kind in FUNCTION},
    "lstm": (lstm_cell, None, 4, 2),
    **{f"gru {r} {z}": (*gru_cell(H, r, z), 3, 1) for r in ("after", "before") for z in ("state", "candidate")},
}
INNER = {
    "full": lambda r: r,
    "chunked": lambda r: chunked(r, 2),
    "windowed": lambda r: windowed(r, 2),
    "checkpointed": lambda r: checkpointed(r, 4),
}
every_cell = pytest.mark.parametrize("name", CELLS)


def setting(name, seed=0, inputs=I):
    cell, stages, gates, arrays = CELLS[name]
    rng = np.random.default_rng(seed)
    shapes = ((gates * H, inputs), (gates * H, H), (gates * H,), (gates * H,))
    parameters = Parameters(*(rng.normal(size=shape) / 2 for shape in shapes))
    state_0 = tuple(rng.normal(size=(B, H)) for _ in range(arrays))
    dstates = tuple(rng.normal(size=(T, B, H)) for _ in range(arrays))
    dlast = tuple(rng.normal(size=(B, H)) for _ in range(arrays))
    return full(cell, stages), rng.normal(size=(T, B, I)), parameters, state_0, dstates, dlast


def everything(run, dstates, dlast):
    named, dstate_0 = run.backward(dstates, dlast)
    return [*run.states, *run.last, *named.values(), *dstate_0]


@every_cell
@pytest.mark.parametrize("way", [ragged, reverse])
@pytest.mark.parametrize("inner", INNER)
def test_padding_is_inert(name, way, inner):
    recurrence, x, parameters, state_0, dstates, dlast = setting(name)
    padding = np.arange(T)[:, None] >= LENGTHS
    recurrence = way(INNER[inner](recurrence), LENGTHS)
    run = recurrence(x, parameters, state_0)
    disturbed = np.where(padding[..., None], np.nan, x)
    noisy = tuple(np.where(padding[..., None], np.inf, d) for d in dstates)
    for a, b in zip(
        everything(run, dstates, dlast),
        everything(recurrence(disturbed, parameters, state_0), noisy, dlast),
        strict=True,
    ):
        assert np.array_equal(a, b)
    assert (run.states[0][padding] == 0).all()
    assert (run.backward(dstates, dlast).named["x"][padding] == 0).all()


@every_cell
@pytest.mark.parametrize("way", [ragged, reverse])
@pytest.mark.parametrize("inner", INNER)
def test_a_batch_of_mixed_lengths_is_its_rows_run_alone(name, way, inner):
    recurrence, x, parameters, state_0, dstates, dlast = setting(name)
    run = way(INNER[inner](recurrence), LENGTHS)(x, parameters, state_0)
    named, dstate_0 = run.backward(dstates, dlast)
    total = {n: np.zeros_like(p) for n, p in parameters._asdict().items()}
    for b, n in enumerate(LENGTHS):
        row = slice(b, b + 1)
        alone = way(INNER[inner](recurrence), None)(x[:n, row], parameters, tuple(s[row] for s in state_0))
        mine, dmine_0 = alone.backward([d[:n, row] for d in dstates], [d[row] for d in dlast])
        for whole, part in zip((*run.states, *run.last), (*alone.states, *alone.last), strict=True):
            np.testing.assert_allclose(whole[:n, row] if whole.ndim == 3 else whole[row], part, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(named["x"][:n, row], mine["x"], rtol=1e-12, atol=1e-14)
        for whole, part in zip(dstate_0, dmine_0, strict=True):
            np.testing.assert_allclose(whole[row], part, rtol=1e-12, atol=1e-14)
        for key in total:
            total[key] += mine[key]
    for key, gradient in total.items():
        np.testing.assert_allclose(named[key], gradient, rtol=1e-12, atol=1e-13)


@every_cell
def test_the_directions_exchange_when_time_and_weights_do(name):
    recurrence, x, forward, state_0, dstates, _ = setting(name)
    backward = setting(name, seed=1)[2]
    states = tuple(np.stack((s, -s)) for s in state_0)
    dys = np.concatenate((dstates[0], 2 * dstates[0]), axis=2)
    one = Deep(recurrence, x, (forward, backward), states, directions=2)
    other = Deep(recurrence, x[::-1], (backward, forward), tuple(s[::-1] for s in states), directions=2)
    halves = np.split(other.ys[::-1], 2, axis=2)[::-1]
    assert np.array_equal(one.ys, np.concatenate(halves, axis=2))
    turned = np.concatenate(np.split(dys[::-1], 2, axis=2)[::-1], axis=2)
    mine, dmine_0 = one.backward(dys, [None] * len(states))
    theirs, dtheirs_0 = other.backward(turned, [None] * len(states))
    np.testing.assert_allclose(mine["x"], theirs["x"][::-1], rtol=1e-12, atol=1e-14)
    for parameter in Parameters._fields:
        np.testing.assert_allclose(mine[f"{parameter}_l0"], theirs[f"{parameter}_l0_reverse"], rtol=1e-12, atol=1e-14)
    for a, b in zip(dmine_0, dtheirs_0, strict=True):
        np.testing.assert_allclose(a, b[::-1], rtol=1e-12, atol=1e-14)


@every_cell
@pytest.mark.parametrize("inner", INNER)
def test_layers_directions_dropout_and_lengths_together_have_the_derivative_of_their_forward(name, inner):
    """By complex step in a random direction: of x, of every parameter and of every initial state."""
    _, x, _, state_0, dstates, _ = setting(name)
    rng, step = np.random.default_rng(2), 1e-30
    layers = [setting(name, seed, inputs)[2] for seed, inputs in enumerate((I, I, 2 * H, 2 * H, 2 * H, 2 * H))]
    states = [rng.normal(size=(6, B, H)) for _ in state_0]
    dys, dstate_n = np.concatenate((dstates[0], dstates[0] ** 2), axis=2), [rng.normal(size=s.shape) for s in states]
    options = {"directions": 2, "lengths": LENGTHS, "keep": rng.random((2, T, B, 2 * H)) < 0.6, "percent": 40}

    def net(arrays):
        x, *flat = arrays
        parameters = [Parameters(*flat[k : k + 4]) for k in range(0, 24, 4)]
        return Deep(INNER[inner](setting(name)[0]), x, parameters, flat[24:], **options)

    point = [x, *(p for layer in layers for p in layer), *states]
    direction = [rng.normal(size=a.shape) for a in point]
    moved = net([a + 1j * step * v for a, v in zip(point, direction, strict=True)])
    loss = (moved.ys * dys).sum() + sum((s * d).sum() for s, d in zip(moved.state_n, dstate_n, strict=True))
    named, dstate_0 = net(point).backward(dys, dstate_n)
    suffixes = [f"_l{n}{way}" for n in range(3) for way in ("", "_reverse")]
    found = [named["x"], *(named[n + s] for s in suffixes for n in Parameters._fields), *dstate_0]
    slope = sum((g * v).sum() for g, v in zip(found, direction, strict=True))
    assert slope == pytest.approx(loss.imag / step, rel=1e-11)


@every_cell
def test_initial_states_that_are_not_given_are_zeros(name):
    recurrence, x, first, state_0, dstates, _ = setting(name)
    second = setting(name, seed=1)[2]
    zeros = tuple(np.zeros((2, B, H)) for _ in state_0)
    given, left_out = (
        Deep(recurrence, x, (first, second), states, directions=2, lengths=LENGTHS)
        for states in (zeros, [None] * len(zeros))
    )
    dys = np.concatenate((dstates[0], dstates[0]), axis=2)
    mine, theirs = (net.backward(dys, [None] * len(zeros)) for net in (given, left_out))
    for a, b in zip([given.ys, *given.state_n, *mine[1]], [left_out.ys, *left_out.state_n, *theirs[1]], strict=True):
        assert np.array_equal(a, b)
    assert all(np.array_equal(mine[0][n], theirs[0][n]) for n in mine[0])


@every_cell
def test_a_mask_that_keeps_nothing_leaves_the_first_layer_without_gradient(name):
    recurrence, x, first, state_0, dstates, _ = setting(name)
    second = setting(name, seed=1, inputs=H)[2]
    states = tuple(np.stack((s, s)) for s in state_0)
    keep = np.zeros((1, T, B, H), bool)
    named, dstate_0 = Deep(recurrence, x, (first, second), states, keep=keep, percent=50).backward(
        dstates[0], [None] * len(states)
    )
    assert all((named[n] == 0).all() for n in ("x", "weight_ih_l0", "weight_hh_l0", "weight_ih_l1"))
    assert named["weight_hh_l1"].any()
    assert all((d[0] == 0).all() for d in dstate_0)


@pytest.mark.parametrize(
    ("lengths", "words"), [([0, 1, 1, 1], "from 1 to 6"), ([7, 1, 1, 1], "from 1 to 6"), ([1], "4")]
)
def test_lengths_out_of_range_are_refused(lengths, words):
    recurrence, x, parameters, state_0, *_ = setting("lstm")
    for way in (ragged, reverse):
        with pytest.raises(ValueError, match=rf"lengths .*{words}"):
            way(recurrence, np.array(lengths))(x, parameters, state_0)
    with pytest.raises(ValueError, match="lengths"):
        ragged_lstm(x, *parameters, np.array(lengths))


def test_a_share_of_dropout_out_of_range_is_refused():
    recurrence, x, parameters, state_0, *_ = setting("rnn tanh")
    with pytest.raises(ValueError, match="percent = 100"):
        Deep(recurrence, x, (parameters,), tuple(s[None] for s in state_0), percent=100)


@every_cell
@pytest.mark.parametrize(("steps", "rows"), [(0, B), (T, 0)])
def test_nothing_gives_nothing(name, steps, rows):
    recurrence, x, parameters, state_0, *_ = setting(name)
    state_0 = tuple(s[:rows] for s in state_0)
    for kind in (recurrence, chunked(recurrence, 2), windowed(recurrence, 2), reverse(recurrence, None)):
        run = kind(x[:steps, :rows], parameters, state_0)
        named, _ = run.backward([None] * len(state_0), [None] * len(state_0))
        assert run.states[0].shape == (steps, rows, H)
        assert named["x"].shape == (steps, rows, I)
        assert all(
            (g == 0).all() and g.shape == p.shape for p, g in zip(parameters, list(named.values())[1:], strict=True)
        )
