"""Arrays that are given must fit the unit; where they do not, the message names the argument."""

import numpy as np
import pytest

from gradcheck import CaseArrays, DeclarationError, Subject, check, declare, examine
from gradcheck.cases.layouts import copy_memory
from gradcheck.cases.user_arrays import fit_case
from manual.linear.min_gru import min_gru
from manual.losses.softmax_cross_entropy import softmax_cross_entropy
from manual.recurrent.lstm import lstm
from reference.linear import min_gru as reference_min_gru
from reference.losses import softmax_cross_entropy as reference_loss
from reference.recurrent import lstm as reference_lstm

T, B, H, V = 3, 2, 5, 6
RNG = np.random.default_rng(0)
LSTM = {
    "x": RNG.normal(size=(T, B, 4)),
    "weight_ih": RNG.normal(size=(4 * H, 4)),
    "weight_hh": RNG.normal(size=(4 * H, H)),
    "bias_ih": RNG.normal(size=4 * H),
    "bias_hh": RNG.normal(size=4 * H),
}
MIN_GRU = {n: LSTM[n] for n in ("x", "weight_ih")} | {"bias_ih": LSTM["bias_ih"]}
LOSS = {"logits": RNG.normal(size=(T, B, V)), "labels": RNG.integers(0, V, (T, B))}
UNITS = {
    "lstm": (lstm, reference_lstm.lstm, LSTM),
    "min_gru": (min_gru, reference_min_gru.min_gru, MIN_GRU),
    "loss": (softmax_cross_entropy, reference_loss.softmax_cross_entropy, LOSS),
}


def judge(unit, inputs, **other):
    ours, reference, arrays = UNITS[unit]
    given = {n: a for n, a in {**arrays, **inputs}.items() if not isinstance(a, str)}
    return check(ours, reference, at=CaseArrays(given, **other))


@pytest.mark.parametrize("unit", UNITS)
def test_arrays_that_fit_are_judged(unit):
    report = judge(unit, {})
    assert report.good
    assert report.cases == 1
    assert report.given.startswith(f"T={T} B={B} ")
    assert report.worst_case is None


def test_an_input_of_none_is_absent():
    assert judge("lstm", {"h_0": None}).good


def test_given_arrays_are_neither_changed_nor_kept():
    before = {n: a.copy() for n, a in LSTM.items()}

    def spoiling(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0=None, c_0=None):
        x += 1
        return lstm(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0, c_0)

    spoiling.__wrapped__, spoiling.__annotations__ = lstm, lstm.__annotations__
    report = examine(Subject("spoiling", spoiling, reference_lstm.lstm), at=CaseArrays(LSTM))
    assert report.verdict == "wrong"
    assert all(np.array_equal(LSTM[n], before[n]) for n in LSTM)


@pytest.mark.parametrize(
    ("unit", "inputs", "words"),
    [
        ("lstm", {"y": LSTM["x"]}, "lstm: argument y: lstm has no such argument; it has x, weight_ih, "),
        ("lstm", {"bias_hh": "absent"}, "lstm: argument bias_hh: it is not given; give an array for it"),
        ("lstm", {"x": LSTM["x"][0]}, "lstm: argument x: it has shape (2, 4), declared float[T B I]; "),
        (
            "lstm",
            {"h_0": np.zeros((B, H + 1))},
            "h_0: it has shape (2, 6), declared (B H) = (2, 5) with B=2 of x, H=5 of ",
        ),
        (
            "min_gru",
            {"weight_ih": np.zeros((4 * H + 1, 4))},
            "weight_ih: it has shape (21, 4), declared (2*H I) = (20, 4) with I=4 of x, H=10 of weight_ih; ",
        ),
        ("lstm", {"x": LSTM["x"].astype(int)}, "lstm: argument x: it is int64, declared float; give a float array"),
        ("lstm", {"bias_hh": np.zeros(4 * H, "f")}, "bias_hh: it is float32 and should be float64; give all float "),
        ("lstm", {"c_0": np.full((B, H), np.inf)}, "lstm: argument c_0: it holds inf or nan; give finite numbers"),
        (
            "loss",
            {"labels": np.full((T, B), V)},
            "labels: its values range from 6 to 6, declared 0 to 5; give values in",
        ),
        ("loss", {"mask": np.ones((T, B))}, "mask: it is float64, declared bool; give a bool array"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_an_input_that_does_not_fit_is_named(unit, inputs, words):
    with pytest.raises(DeclarationError) as caught:
        judge(unit, inputs)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "other", "words"),
    [
        ("loss", {"options": {"reduction": "max"}}, "option reduction: 'max' is not one of mean, sum; choose one"),
        (
            "loss",
            {"options": {"reduce": "sum"}},
            "option reduce: softmax_cross_entropy has no such option; it has reduc",
        ),
        (
            "lstm",
            {"upstream": {"y": None}},
            "upstream gradient y: lstm has no such upstream gradient; it has ys, h_T, c_T",
        ),
        (
            "lstm",
            {"upstream": {"h_T": np.zeros((B, 1))}},
            "upstream gradient h_T: it has shape (2, 1), declared (B H) = (2, 5)",
        ),
        (
            "loss",
            {"upstream": {"loss": None}},
            "upstream gradients: all are None, so that every gradient is zero; give",
        ),
    ],
    ids=["choice", "option", "output", "shape", "nothing"],
)
def test_what_else_does_not_fit_is_named(unit, other, words):
    with pytest.raises(DeclarationError) as caught:
        judge(unit, {}, **other)
    assert words in str(caught.value)


def test_arrays_and_a_case_id_exclude_each_other():
    with pytest.raises(ValueError, match="give one of `case` and `at`"):
        check(lstm, reference_lstm.lstm, case="T=1,B=1,I=1,H=1", at=CaseArrays(LSTM))


def test_given_arrays_keep_their_strides_and_what_is_passed_twice_is():
    wide = RNG.normal(size=(B, T, 9))
    h_0 = RNG.normal(size=(B, H))
    given = LSTM | {"x": wide.transpose(1, 0, 2)[..., 6:2:-1], "h_0": h_0, "c_0": h_0}
    given["bias_ih"] = np.broadcast_to(np.float64(0.5), 4 * H)
    assert check(lstm, reference_lstm.lstm, at=CaseArrays(given), exact=False).good
    first = fit_case(declare(lstm), CaseArrays(given), 0)[1].inputs
    for name in given:
        assert first[name].strides == given[name].strides
        assert np.array_equal(first[name], given[name])
        assert not np.shares_memory(first[name], given[name])
    assert first["h_0"] is first["c_0"]


def test_views_of_one_array_share_memory_in_the_copies_too():
    whole = np.arange(12.0).reshape(3, 4)
    one, other, empty = copy_memory([whole[:, :2], whole[::-1], whole[:0]])
    one[0, 0] = 99
    assert other[2, 0] == 99
    assert whole[0, 0] == 0
    assert empty.shape == (0, 4)
