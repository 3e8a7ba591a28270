"""The reversing model learns, answers strings it never saw, draws its attention; gradients are right where it ends."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradcheck
from examples import reverse
from gradcheck import CaseArrays

ROOT = Path(__file__).parents[2]
SMALL = ["--hidden", "24", "--batch", "16", "--longest", "4", "--held-out", "20"]
SUBJECTS = {pair.name: pair.load() for pair in gradcheck.discover(ROOT)}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("cell", "form"), [("lstm", "dot"), ("gru", "additive")])
def test_units_are_right_at_the_trained_weights(cell, form, dtype):
    rng = np.random.default_rng(3)
    unit, gates = reverse.CELLS[cell]
    start = reverse.Model(unit, form, reverse.initial(12, gates, form, rng, dtype))
    options = argparse.Namespace(steps=60, lr=0.01)
    *_, (loss, model) = reverse.train(start, options, lambda: reverse.draw(8, 5, rng))
    batch = reverse.batch_of(reverse.draw(8, 5, rng))
    assert loss < reverse.differentiate(start, batch)[0]
    inputs = {**batch._asdict(), **model.parameters}
    upstream = {"loss": np.ones((), dtype), "logits": None, "attention": None}
    report = gradcheck.examine(
        SUBJECTS[f"seq2seq_{cell}"], at=CaseArrays(inputs, {"attention": form}, upstream), exact=False
    )
    assert report.good, report.message
    more = {"complex step"} if dtype == "float64" else set()
    more |= {"third party"} if form == "dot" else set()
    assert {r.name for r in report.checks if r.status == "passed"} >= {"forward", "gradients", "vjp laws"} | more


def test_it_learns_to_reverse_strings_it_never_saw(tmp_path):
    out = tmp_path / "attention.png"
    script = ["examples/reverse.py", "--longest", "4", "--hidden", "32", "--steps", "400", "--out", str(out)]
    done = subprocess.run([sys.executable, *script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    ((first, last),) = re.findall(r"first loss ([\d.]+), last loss ([\d.]+)", done.stdout)
    assert float(last) < float(first) / 10
    (share,) = re.findall(r"right on 500 strings never seen: ([\d.]+)%", done.stdout)
    assert float(share) >= 99
    assert out.read_bytes().startswith(b"\x89PNG")
    assert "\x1b" not in done.stdout


def test_too_short_a_training_is_told_by_the_exit_code(capsys):
    assert reverse.main([*SMALL, "--steps", "3"]) == 1
    assert "right on 20 strings never seen: 0.00%" in capsys.readouterr().out


def test_no_string_that_is_held_out_is_drawn():
    rng = np.random.default_rng(0)
    held_out = frozenset(reverse.draw(1000, 3, rng))
    assert not held_out & set(reverse.draw(5000, 3, rng, held_out))


def test_a_batch_holds_its_strings_and_their_reversals():
    batch = reverse.batch_of(["abc", "d"])
    assert batch.source.T.tolist() == [[0, 1, 2], [3, reverse.END, reverse.END]]
    assert batch.target.T.tolist() == [[2, 1, 0, reverse.END], [3, *[reverse.END] * 3]]
    assert batch.source_lengths.tolist() == [3, 1]
    assert batch.mask.T.tolist() == [[True] * 4, [True, True, False, False]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--longest", "2"], "--longest: '2' does not do; give a finite int of at least 3"),
        (["--lr", "0"], "--lr: '0' does not do; give a finite float of at least 1e-09"),
        (["--lr", "1e6"], "--lr 1000000.0: the loss grew to "),
        (["--held-out", "9999"], "--held-out 9999: too many to leave any; give at most 4394"),
        (["--cell", "rnn"], "--cell: invalid choice: 'rnn'"),
        (["--out", "picture.pdf"], "--out picture.pdf: its name does not end in .png"),
        (["--out", "nowhere/picture.png"], "--out nowhere/picture.png: there is no folder "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_option_is_named(arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        reverse.main([*SMALL, "--steps", "5", *arguments])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_without_matplotlib_the_remedy_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SystemExit):
        reverse.main([*SMALL, "--steps", "5", "--out", "picture.png"])
    assert "--out picture.png: matplotlib is not installed; pip install 'gradcheck[plots]'" in capsys.readouterr().err
