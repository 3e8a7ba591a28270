"""The character model learns, trains as its autograd twin does, and its gradients are right at the trained weights."""

import argparse
import functools
import json
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import gradcheck
from examples import char_rnn
from examples.char_rnn_record import Course, count_known_words, describe, list_points
from gradcheck import CaseArrays, GradientMismatch, check
from manual.layers.output_layer import LayerOutput, output_layer
from manual.losses.softmax_cross_entropy import Loss, softmax_cross_entropy
from manual.recurrent.lstm import lstm
from reference.recurrent import lstm as reference_lstm

ROOT = Path(__file__).parents[2]
SMALL = ["--hidden", "24", "--batch", "4", "--length", "8"]
SUBJECTS = {pair.name: pair.load() for pair in gradcheck.discover(ROOT)}
SUBJECTS_USED = ("lstm", "output_layer", "softmax_cross_entropy")


@pytest.fixture(scope="module", params=["float64", "float32"])
def trained(request):
    """After 60 steps: the arrays of each unit at the next chunk, with the upstream gradients of the training."""
    options = argparse.Namespace(steps=60, batch=5, length=12, lr=4.0)
    alphabet, text = char_rnn.read_text()
    start = char_rnn.initial(len(alphabet), 16, np.random.default_rng(3), request.param)
    *_, (_, parameters) = char_rnn.train(char_rnn.by_hand, start, text, options)
    (before, next_before), (characters, following) = islice(char_rnn.chunks(text, 5, 12), 59, 61)
    _, _, state = char_rnn.by_hand(parameters, char_rnn.zeros(parameters, 5), before, next_before)
    return arrays_of(parameters, state, characters, following)


def arrays_of(parameters, state, characters, following):
    recurrent = {name: parameters[name] for name in char_rnn.RECURRENT}
    layer = {name: parameters[name] for name in char_rnn.LAYER}
    x = char_rnn.onehot(characters, parameters)
    hidden, _ = lstm(x, **recurrent, h_0=state[0], c_0=state[1])
    output, layer_backward = output_layer(hidden.ys, **layer)
    loss, loss_backward = softmax_cross_entropy(output.o, following)
    one = np.ones_like(loss.loss)
    dlogits = loss_backward(Loss(one))["logits"]
    dys = layer_backward(LayerOutput(dlogits))["h"]
    return {
        "lstm": CaseArrays({"x": x, **recurrent, "h_0": state[0], "c_0": state[1]}, upstream={"ys": dys}),
        "output_layer": CaseArrays({"h": hidden.ys, **layer}, upstream={"o": dlogits}),
        "softmax_cross_entropy": CaseArrays({"logits": output.o, "labels": following}, upstream={"loss": one}),
    }


@pytest.mark.parametrize("left_out", ["drawn", "none"])
@pytest.mark.parametrize("name", SUBJECTS_USED)
def test_units_are_right_at_the_trained_weights(trained, name, left_out):
    """With the upstream gradients of the training; those of the last states, which have none there, drawn or None."""
    arrays, subject = trained[name], SUBJECTS[name]
    if left_out == "none":
        missing = dict.fromkeys(subject.declaration.outputs)
        arrays = CaseArrays(arrays.inputs, arrays.options, {**missing, **arrays.upstream})
    report = gradcheck.examine(subject, at=arrays)
    assert report.good, report.message
    assert report.cases == 1
    passed = {r.name for r in report.checks if r.status == "passed"}
    assert passed >= {"forward", "gradients", "vjp laws", "third party"}


def test_a_bug_that_only_this_text_shows_is_caught(trained):
    """Wrong for more than 50 characters: no random case is so wide."""

    @functools.wraps(lstm)
    def wrong(x, *arguments, **named):
        outputs, backward = lstm(x, *arguments, **named)
        factor = x.dtype.type(1 + 1e-3 * (x.shape[2] > 50))
        return outputs, lambda d: {n: g * (factor if n == "weight_hh" else 1) for n, g in backward(d).items()}

    arrays = trained["lstm"]
    assert check(wrong, reference_lstm.lstm, cases=10).good
    with pytest.raises(GradientMismatch) as caught:
        check(wrong, reference_lstm.lstm, at=arrays)
    first, *rest = str(caught.value).splitlines()
    assert first.startswith("lstm dweight_hh[")
    (at,) = [line for line in rest if line.startswith("  at ")]
    assert at.endswith(f"T=12 B=5 I={arrays.inputs['x'].shape[2]} H=16 {arrays.inputs['x'].dtype}")
    assert not [line for line in rest if line.startswith(("  again", "  smallest"))]
    assert caught.value.report.smallest is None


def test_it_learns_and_trains_as_its_autograd_twin_does(tmp_path):
    path = tmp_path / "record.json"
    script = [
        "examples/char_rnn.py",
        *SMALL,
        "--steps",
        "200",
        "--sample",
        "50",
        "--against-torch",
        "--record",
        str(path),
    ]
    done = subprocess.run([sys.executable, *script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    losses = re.findall(r"(by_\w+): first loss ([\d.]+), last loss ([\d.]+)", done.stdout)
    assert [who for who, _, _ in losses] == ["by_hand", "by_autograd"]
    assert losses[0][1:] == losses[1][1:]
    assert all(float(last) < float(first) - 1 for _, first, last in losses)
    (difference,) = re.findall(r"largest relative difference of any weight after 200 steps: (\S+),", done.stdout)
    assert 0 < float(difference) <= 1e-9
    record = json.loads(path.read_text())
    assert record["points"] == list(range(5, 201, 5))
    assert record["curves"]["by_hand"] == record["curves"]["by_autograd"]
    assert f"{np.mean(record['curves']['by_hand'][-4:]):.4f}" == losses[0][2]
    assert record["apart"]["by_autograd"][-1] == pytest.approx(float(difference), rel=0.01)
    assert 0 < record["apart"]["nudged"][0] < 1e-12
    assert len(record["written"]) == 50
    assert record["written"] in done.stdout


def test_a_record_keeps_how_far_the_weights_are_apart_at_every_point():
    ours = Course([4.0, 2.0, 1.0, 1.0], {2: {"a": np.array([1.0, 2.0])}, 4: {"a": np.array([1.0, 2.0])}})
    theirs = Course([4.0, 3.0, 1.0, 2.0], {2: {"a": np.array([1.0, 2.0])}, 4: {"a": np.array([3.0, 4.0])}})
    record = describe({"by_hand": ours, "by_autograd": theirs}, "", (0, 0))
    assert record["apart"] == {"by_autograd": [0, 0.5]}
    assert record["curves"] == {"by_hand": [3, 1], "by_autograd": [3.5, 1.5]}


def test_weights_that_part_only_later_are_no_error(monkeypatch, capsys):
    """After the step that is checked training may make rounding grow; what it is then is printed."""
    monkeypatch.setattr("examples.char_rnn.CHECKED", 5)
    monkeypatch.setattr("examples.char_rnn_record.CHECKED", 5)
    calls = []

    def off(parameters, *chunk):
        calls.append(1)
        loss, gradients, state = char_rnn.by_hand(parameters, *chunk)
        return loss, {n: g * (1 + 1e-3 * (n == "bias_hh" and len(calls) > 5)) for n, g in gradients.items()}, state

    monkeypatch.setattr(char_rnn, "by_autograd", off)
    assert char_rnn.main([*SMALL, "--steps", "9", "--sample", "0", "--against-torch"]) == 0
    printed = capsys.readouterr().out
    assert "after 5 steps: 0.00e+00, limit 1e-09" in printed
    (last,) = re.findall(r"after 9 steps: (\S+); of two trainings by hand", printed)
    assert float(last) > 1e-9


def test_words_that_the_text_has_are_counted():
    assert count_known_words("Python has some wrods, some of it two words", "some words of Python") == (4, 3)


@pytest.mark.parametrize(
    ("steps", "points"),
    [
        (3, [1, 2, 3]),
        (40, list(range(1, 41))),
        (8000, range(200, 8001, 200)),
        (120_000, [2000, *range(3000, 120_001, 3000)]),
    ],
)
def test_points_are_spread_over_the_steps_and_the_last_is_one(steps, points):
    assert list_points(steps) == list(points)


def test_a_difference_from_the_twin_is_an_error(monkeypatch, capsys):
    def off(parameters, *chunk):
        loss, gradients, state = char_rnn.by_hand(parameters, *chunk)
        return loss, {n: g * (1 + 1e-6 * (n == "bias_hh")) for n, g in gradients.items()}, state

    monkeypatch.setattr(char_rnn, "by_autograd", off)
    assert char_rnn.main([*SMALL, "--steps", "5", "--sample", "0", "--against-torch"]) == 1
    assert "limit 1e-09" in capsys.readouterr().out


def test_it_writes_what_it_has_read():
    parameters = {n: np.zeros(s) for n, s in zip(char_rnn.RECURRENT, [(8, 3), (8, 2), (8,), (8,)], strict=True)}
    parameters |= {"weight": np.zeros((3, 2)), "bias": np.array([0.0, 0.0, 800.0])}
    assert char_rnn.sample(parameters, ["\n", "a", "b"], 5, np.random.default_rng(0)) == "bbbbb"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--steps", "0"], "--steps: '0' does not do; give a finite int of at least 1"),
        (["--seed", "x"], "--seed: 'x' does not do; give a finite int of at least 0"),
        (["--lr", "nan"], "--lr: 'nan' does not do; give a finite float of at least 1e-09"),
        (["--lr", "1e300"], "--lr 1e+300: the loss grew to "),
        (["--batch", "9999", "--length", "99"], "--batch 9999 --length 99: the text has only "),
        (["--record", "nowhere/record.json"], "--record nowhere/record.json: there is no folder "),
        (["--dtype", "half"], "--dtype: invalid choice: 'half'"),
        (["--dtype", "float32", "--against-torch"], "--dtype float32: weights agree to 1e-09 in double precision only"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_option_is_named(arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        char_rnn.main([*SMALL, "--steps", "5", *arguments])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err
