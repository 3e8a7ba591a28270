"""Truncations: each off-by-one is caught, randomized truncation is unbiased and its faults are not, RTRL is BPTT."""

import functools
import inspect
import itertools
import tracemalloc
import types
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

import manual._recurrence as recurrences
import manual._rtrl as forward_in_time
from gradcheck import Subject, examine
from gradcheck.exact.field import Field
from manual._arrays import detach, scale_derivative
from manual._flow import products, rnn_jacobians, weight_gradient_by_lag
from manual._recurrence import checkpointed, chunked, draw_xi, full, in_blocks, randomized, tbptt, windowed
from manual._rtrl import online_rtrl, rtrl
from manual._time_loop import Parameters
from manual.checkpointed_gru import checkpointed_gru
from manual.chunked_lstm import chunked_lstm
from manual.randomized_lstm import randomized_lstm
from manual.rnn import rnn_cell
from manual.rtrl_gru import rtrl_gru
from manual.tbptt_rnn import tbptt_rnn
from manual.windowed_gru import windowed_gru
from reference import checkpointed_gru as checkpointed_reference
from reference import chunked_lstm as chunked_reference
from reference import lstm as lstm_reference
from reference import randomized_lstm as randomized_reference
from reference import rtrl_gru as rtrl_reference
from reference import tbptt_rnn as tbptt_reference
from reference import windowed_gru as windowed_reference
from tests.cells.test_deep_and_wide import CELLS, T, setting

every_cell = pytest.mark.parametrize("name", CELLS)


def backward_of(unit, **changes):
    """The unit's forward with the backward of changed inputs: it cuts elsewhere than its forward says."""

    @functools.wraps(unit)
    def planted(**inputs):
        changed = {**inputs, **{n: change(inputs[n]) for n, change in changes.items()}}
        return unit(**inputs)[0], unit(**changed)[1]

    return planted


def using(unit, **names):
    """The unit, some of the functions that its file imports exchanged."""
    unit = inspect.unwrap(unit)
    changed = types.FunctionType(unit.__code__, {**unit.__globals__, **names}, unit.__name__, unit.__defaults__)
    changed.__kwdefaults__ = unit.__kwdefaults__
    return functools.wraps(unit)(changed)


def planted(module, old, new):
    source = inspect.getsource(module)
    assert source.count(old) == 1
    namespace = {"__name__": module.__name__, "__package__": module.__package__}
    exec(source.replace(old, new), namespace)
    return namespace


def more(n):
    return n + 1


def fewer(n):
    return max(n - 1, 1)


def rolled(xi):
    return np.roll(xi, 1)


IN_BLOCKS = {
    "run again from the first state": ("parameters, start).backward", "parameters, starts[0]).backward"),
    "carry lost between blocks": ("dstart if joint is None else", "dstart if False else"),
    "upstream of the step before": (
        "[None if d is None else d[part] for d in dstates], dlast",
        "[None if d is None else np.roll(d, 1, 0)[part] for d in dstates], dlast",
    ),
}
BUGS = {
    "chunk a step longer": (backward_of(chunked_lstm, tau=more), chunked_reference.chunked_lstm),
    "chunk a step shorter": (backward_of(chunked_lstm, tau=fewer), chunked_reference.chunked_lstm),
    "window a step longer": (backward_of(windowed_gru, tau=more), windowed_reference.windowed_gru),
    "window a step shorter": (backward_of(windowed_gru, tau=fewer), windowed_reference.windowed_gru),
    "k1 a step shorter": (backward_of(tbptt_rnn, k1=fewer), tbptt_reference.tbptt_rnn),
    "k2 a step longer": (backward_of(tbptt_rnn, k2=more), tbptt_reference.tbptt_rnn),
    "xi of the step before": (backward_of(randomized_lstm, xi=rolled), randomized_reference.randomized_lstm),
    "window for chunk": (
        using(chunked_lstm, chunked=lambda r, tau: windowed(r, tau)),
        chunked_reference.chunked_lstm,
    ),
    **{
        bug: (
            using(checkpointed_gru, checkpointed=planted(recurrences, *edit)["checkpointed"]),
            checkpointed_reference.checkpointed_gru,
        )
        for bug, edit in IN_BLOCKS.items()
    },
}


@pytest.mark.parametrize("bug", BUGS)
def test_each_off_by_one_is_caught(bug):
    report = examine(Subject("unit", *BUGS[bug]), cases=40, seed=1)
    assert report.verdict in ("wrong", "judges split")
    assert report.failure.check == "gradients"


def test_the_influence_of_the_step_before_is_caught():
    late = planted(forward_in_time, "influence = now.J @ influence\n", "influence = influence + 0 * now.J[:, :1, :1]\n")
    report = examine(Subject("unit", using(rtrl_gru, rtrl=late["rtrl"]), rtrl_reference.rtrl_gru), cases=40, seed=1)
    assert (report.verdict, report.failure.check) == ("wrong", "gradients")


def gradient(recurrence, name):
    _, x, parameters, state_0, dstates, dlast = setting(name)
    named, dstate_0 = recurrence(x, parameters, state_0).backward(dstates, dlast)
    return [*named.values(), *dstate_0]


def close(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


@every_cell
@pytest.mark.parametrize("tau", [1, 2, 4, T])
def test_chunks_and_windows_are_tbptt(name, tau):
    recurrence = setting(name)[0]
    close(gradient(tbptt(recurrence, tau, tau), name), gradient(chunked(recurrence, tau), name))
    close(gradient(tbptt(recurrence, 1, tau), name), gradient(windowed(recurrence, tau), name))
    if tau == T:
        close(gradient(chunked(recurrence, tau), name), gradient(recurrence, name))
        close(gradient(windowed(recurrence, tau), name), gradient(recurrence, name))


@every_cell
@pytest.mark.parametrize("k", [1, 4, T, T + 1])
def test_checkpointing_is_bitwise(name, k):
    recurrence = setting(name)[0]
    kept, again = gradient(in_blocks(recurrence, k), name), gradient(checkpointed(recurrence, k), name)
    assert all(np.array_equal(a, b) for a, b in zip(kept, again, strict=True))
    close(again, gradient(recurrence, name))


def test_checkpointing_forgets():
    recurrence, _, parameters, state_0, *_ = setting("lstm")
    x = np.random.default_rng(0).normal(size=(900, *setting("lstm")[1].shape[1:]))
    gradients, peaks = [], []
    for kind in (in_blocks(recurrence, 30), checkpointed(recurrence, 30, outputs=False)):
        tracemalloc.start()
        run = kind(x, parameters, state_0)
        named, _ = run.backward([None, None], run.last)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        gradients.append(named)
    assert all(np.array_equal(gradients[0][n], gradients[1][n]) for n in gradients[0])
    assert peaks[1] < peaks[0] / 8


def patterns(pi):
    """Every xi with its probability."""
    for keeps in itertools.product((True, False), repeat=len(pi)):
        weight = 1
        for kept, p in zip(keeps, pi, strict=True):
            weight = weight * (p if kept else 1 - p)
        yield np.array([1 / p if kept else 0 * p for kept, p in zip(keeps, pi, strict=True)]), weight


def expectation(name, pi, change=lambda xi, pi: xi):
    cell, stages, *_ = CELLS[name]
    terms = [[w * g for g in gradient(randomized(cell, change(xi, pi), stages), name)] for xi, w in patterns(pi)]
    return [sum(parts) for parts in zip(*terms, strict=True)]


PI = np.array([0.5, 0.75, 0.9, 0.25, 1.0, 0.6])


@every_cell
def test_randomized_truncation_is_unbiased(name):
    close(expectation(name, PI), gradient(setting(name)[0], name))


FAULTS = {"without 1/pi": lambda xi, pi: xi * pi, "one xi for all steps": lambda xi, pi: np.full(len(xi), xi[0])}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_randomization_is_biased(fault):
    pi = np.full(T, 0.5)
    biased, right = expectation("lstm", pi, FAULTS[fault]), gradient(setting("lstm")[0], "lstm")
    assert np.abs(biased[2] - right[2]).max() > 0.05 * np.abs(right[2]).max()


def fractions(rng, *shape):
    return np.array([Fraction(int(n), 8) for n in rng.integers(-9, 9, int(np.prod(shape)))], object).reshape(shape)


def test_randomized_truncation_is_unbiased_exactly():
    rng = np.random.default_rng(0)
    parameters = Parameters(*(fractions(rng, *shape) for shape in ((2, 1), (2, 2), (2,), (2,))))
    x, h_0, dys = fractions(rng, 4, 1, 1), fractions(rng, 1, 2), fractions(rng, 4, 1, 2)

    def gradients(xi):
        run = randomized(rnn_cell("identity"), xi)(x, parameters, (h_0,))
        named, (dh_0,) = run.backward([dys], [None])
        return [*named.values(), dh_0]

    pi = [Fraction(1, 2), Fraction(1, 3), Fraction(3, 4), Fraction(2, 5)]
    terms = [[w * g for g in gradients(xi)] for xi, w in patterns(pi)]
    for parts, whole in zip(zip(*terms, strict=True), gradients(None), strict=True):
        assert np.array_equal(sum(parts), whole)


def test_variance_grows_as_less_is_carried_and_is_what_the_page_says():
    right = gradient(setting("lstm")[0], "lstm")[2]
    cell, stages, *_ = CELLS["lstm"]
    page = (Path(__file__).parents[2] / "docs" / "derivations" / "truncation.md").read_text(encoding="utf-8")
    for p in (1, 0.9, 0.5, 0.25):
        errors = [
            (w, gradient(randomized(cell, xi, stages), "lstm")[2] - right) for xi, w in patterns(np.full(T, p)) if w
        ]
        variance = sum(w * (e * e).sum() for w, e in errors) / (right * right).sum()
        assert f"| {p} | {variance:.2g} |" in page


def test_the_sampler_is_seeded_and_has_mean_1():
    pi = np.full(100_000, 0.25)
    xi = draw_xi(pi, np.random.default_rng(7))
    assert np.array_equal(xi, draw_xi(pi, np.random.default_rng(7)))
    assert set(xi) == {0.0, 4.0}
    assert abs(xi.mean() - 1) < 6 * (3 / len(pi)) ** 0.5


@every_cell
def test_rtrl_is_bptt(name):
    cell, stages, *_ = CELLS[name]
    recurrence, x, parameters, state_0, dstates, _ = setting(name)
    together = np.concatenate(dstates, axis=2)
    for t, forward in enumerate(rtrl(cell, x, parameters, state_0, together, stages), 1):
        so_far = recurrence(x[:t], parameters, state_0).backward([d[:t] for d in dstates], [None] * len(dstates))
        dstate_0 = np.concatenate(so_far.state_0, axis=1)
        close([forward[n] for n in Parameters._fields], [so_far.named[n] for n in Parameters._fields])
        close([forward["x"][:t], forward["state_0"]], [so_far.named["x"], dstate_0])


@pytest.mark.parametrize("tau", [1, 2, 4, T])
def test_the_window_is_the_sum_over_the_lags_below_it(tau):
    """The gradient of each lag by products of Jacobians, added up by hand."""
    recurrence, x, parameters, (h_0,), (dys,), _ = setting("rnn tanh")
    hs = np.concatenate((h_0[None], recurrence(x, parameters, (h_0,)).states[0]))
    slopes = 1 - hs[1:] ** 2
    lags = weight_gradient_by_lag(products(rnn_jacobians(slopes, parameters.weight_hh)), slopes, hs, dys)
    named, _ = windowed(recurrence, tau)(x, parameters, (h_0,)).backward([dys], [None])
    close([named["weight_hh"]], [lags[:tau].sum(axis=0)])


def test_online_rtrl_is_the_gradient_of_weights_free_at_each_step():
    _, x, parameters, state_0, (dhs, dcs), _ = setting("lstm")
    d = np.concatenate((dhs, dcs), axis=2)
    steps = online_rtrl(CELLS["lstm"][0], x, parameters, state_0, lambda t, state: d[t], 0.1)
    copies, h, c = [], *map(torch.from_numpy, state_0)
    for t, (state, updated) in enumerate(steps):
        copies.append([torch.from_numpy(p.copy()).requires_grad_() for p in parameters])
        _, h, c = lstm_reference.lstm(torch.from_numpy(x[t : t + 1]), *copies[-1], h, c)
        loss = (h * torch.from_numpy(dhs[t])).sum() + (c * torch.from_numpy(dcs[t])).sum()
        uses = torch.autograd.grad(loss, [p for copy in copies for p in copy], retain_graph=True)
        summed = [sum(uses[n::4]).numpy() for n in range(4)]
        close([(p - q) / 0.1 for p, q in zip(parameters, updated, strict=True)], summed)
        np.testing.assert_allclose(state, torch.cat((h, c), dim=1).detach().numpy(), rtol=1e-12, atol=1e-14)
        parameters = updated


def test_detach_keeps_values_and_lets_no_derivative_pass():
    z = np.array([1 + 2j, -3 - 1e-30j])
    assert detach(z).dtype == z.dtype
    assert detach(z).tolist() == [1, -3]
    assert scale_derivative(z, 0.5).tolist() == [1 + 1j, -3 - 5e-31j]
    field = Field(1009, seed=0)
    element = field.variable(0.5)
    exact = np.array([[element, 2]], object)
    for factor, stopped in ((0, detach(exact)), (3, scale_derivative(exact, 3))):
        assert (stopped[0, 0].value, stopped[0, 0].tangent) == (element.value, factor * element.tangent % 1009)
        assert stopped[0, 1] == 2
    assert exact[0, 0] is element
    assert element.bare().detach().tangent == 0
    x = np.array([1.5, -2.0])
    assert np.array_equal(detach(x), x)
    assert not np.shares_memory(detach(x), x)


REFUSED = {
    "tau = 0": lambda r: chunked(r, 0),
    "tau = -1": lambda r: windowed(r, -1),
    "k = 0": lambda r: checkpointed(r, 0),
    "k1 = 0": lambda r: tbptt(r, 0, 1),
    "k2 = 2 is below k1 = 3": lambda r: tbptt(r, 3, 2),
    "pi = ": lambda r: draw_xi(np.array([0.0, 1.0]), np.random.default_rng(0)),
    "pi = .*1.5": lambda r: draw_xi(np.array([1.5]), np.random.default_rng(0)),
    "xi has shape": lambda r: randomized(CELLS["lstm"][0], np.ones(2))(*setting("lstm")[1:4]),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_makes_no_truncation_is_refused(words):
    with pytest.raises(ValueError, match=words):
        REFUSED[words](full(*CELLS["lstm"][:2]))
