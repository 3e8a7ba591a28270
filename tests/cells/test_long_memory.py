"""Tasks are what they say, every network has the right gradient, a training follows from its seed and is recorded."""

import json
import math
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from examples import long_memory
from examples.memory import record, tables, tasks, training
from examples.memory.models import MODELS, Model, change_nothing, make_orthogonal, truncated
from examples.memory.record import SEARCHED, plan_quick
from manual.recurrent.gru import gru
from manual.recurrent.rnn import rnn

ROOT = Path(__file__).parents[2]
SIZES = training.Sizes(hidden=5, batch=4, steps=4, points=2)
TASKS = {"adding": tasks.adding(8), "copying": tasks.copying(3, 2, 4)}
EXACT = {**MODELS, **{n: m for n, m in truncated(taus=(99,), pi=1.0).items() if n != "full"}}
"""Every network whose gradient is the whole one: nothing is cut by pieces that are longer than the sequence."""


def rng():
    return np.random.default_rng(5)


def test_the_answer_of_the_adding_task_is_the_sum_of_two_marked_values():
    x, answer = tasks.adding(10).draw(300, rng())
    assert (x[:5, :, 1].sum(axis=0) == 1).all()
    assert (x[5:, :, 1].sum(axis=0) == 1).all()
    for b in range(300):
        assert answer[0, b, 0] == pytest.approx(x[x[:, b, 1] == 1, b, 0].sum())
    assert set(x[..., 1].argmax(axis=0)) == set(range(5))
    assert x[..., 0].min() >= 0
    assert x[..., 0].max() <= 1


def test_what_is_copied_is_read_at_first_and_asked_for_at_last():
    x, answer = tasks.copying(4, 3, 5).draw(50, rng())
    assert x.shape == (11, 50, 6)
    assert (x.sum(axis=2) == 1).all()
    signs = x.argmax(axis=2)
    assert (signs[:3] == answer).all()
    assert (signs[3:8] == 4).all()
    assert (signs[8:] == 5).all()
    assert set(answer.ravel()) == set(range(4))


def test_the_loss_without_a_memory_is_that_of_the_best_answer_that_reads_nothing():
    task = tasks.adding(10)
    answer = task.draw(100_000, rng()).answer
    assert task.loss(np.ones_like(answer), answer)[0].loss == pytest.approx(task.baseline, rel=0.02)
    assert np.mean(answer) == pytest.approx(1, abs=0.01)
    task = tasks.copying(4, 3, 5)
    answer = task.draw(7, rng()).answer
    assert task.loss(np.zeros((3, 7, 4)), answer)[0].loss == pytest.approx(task.baseline)


def test_right_answers_are_counted():
    adding, copying = TASKS["adding"], TASKS["copying"]
    answer = np.array([[[0.5], [1.0], [1.5], [1.0]]])
    assert adding.judge(answer + [[[0.039], [-0.039], [0.041], [-0.041]]][0], answer) == 0.5
    assert copying.judge(np.eye(3)[[[0, 1], [2, 0]]], np.array([[0, 1], [2, 2]])) == 0.75


def find_slope(task, model, weights, batch, direction):
    """The derivative of the loss along a direction of the weights, by a central difference."""

    def loss(step):
        moved = {n: w + step * direction[n] for n, w in weights.items()}
        output, _ = training.run_network(model, moved, batch.x, len(batch.answer), rng())
        return float(task.loss(output, batch.answer)[0].loss)

    return (loss(1e-5) - loss(-1e-5)) / 2e-5


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("network", EXACT)
def test_the_gradient_of_a_network_is_that_of_its_loss(name, network):
    task, model = TASKS[name], EXACT[network]
    weights = model.draw_weights(task.inputs, 5, task.outputs, rng())
    batch = task.draw(4, rng())
    _, gradients = training.differentiate(task, model, weights, batch, rng())
    direction = {n: np.random.default_rng(k).normal(size=w.shape) for k, (n, w) in enumerate(weights.items())}
    slope = find_slope(task, model, weights, batch, direction)
    assert sum(float((gradients[n] * direction[n]).sum()) for n in weights) == pytest.approx(slope, rel=1e-6)
    assert gradients.keys() == weights.keys()


@pytest.mark.parametrize("network", ["chunks of 3", "windows of 3", "random, pi = 0.5"])
def test_a_gradient_that_is_cut_is_another(network):
    task, model = TASKS["copying"], truncated(taus=(3,), pi=0.5)[network]
    weights = model.draw_weights(task.inputs, 5, task.outputs, rng())
    batch = task.draw(4, rng())
    loss, gradients = training.differentiate(task, model, weights, batch, rng())
    whole, right = training.differentiate(task, Model(gru, 3), weights, batch, rng())
    assert loss == pytest.approx(whole)
    assert np.abs(gradients["weight_hh"] - right["weight_hh"]).max() > 0.1 * np.abs(right["weight_hh"]).max()
    assert gradients["weight"] == pytest.approx(right["weight"])


@pytest.mark.parametrize(("change", "factor"), [(make_orthogonal, 1.0), (change_nothing, 0.5)])
def test_the_flow_by_lag_is_that_of_powers_of_the_matrix(change, factor):
    model = Model(partial(rnn, activation="identity"), 1, change)
    weights = model.draw_weights(2, 6, 1, rng())
    if factor != 1:
        weights["weight_hh"] = factor * np.eye(6)
    norms = training.measure_flow(model, weights, TASKS["adding"].draw(3, rng()).x)
    assert norms == pytest.approx([np.linalg.norm(weights["weight"]) * factor**lag for lag in range(9)])


@pytest.mark.parametrize("network", ["LSTM", "GRU"])
def test_the_flow_at_the_longest_lag_is_the_gradient_of_the_first_state(network):
    """Of both states of an LSTM: a step along that gradient moves the answer by its squared length."""
    model = MODELS[network]
    weights = model.draw_weights(2, 6, 1, rng())
    x = TASKS["adding"].draw(1, rng()).x
    recurrent = {n: weights[n] for n in training.RECURRENT}
    states = [f"{end[0]}_0" for end in model.unit(x[:0], **recurrent)[0]._fields if end != "ys"]

    def answer(state):
        return float((weights["weight"] @ model.unit(x, **recurrent, **state)[0].h_T[0])[0])

    slopes = []
    for name in states:
        for k in range(6):
            up, down = ({n: np.zeros((1, 6)) for n in states} for _ in range(2))
            up[name][0, k], down[name][0, k] = 1e-5, -1e-5
            slopes.append((answer(up) - answer(down)) / 2e-5)
    assert training.measure_flow(model, weights, x)[-1] == pytest.approx(np.linalg.norm(slopes), rel=1e-6)


def test_networks_differ_by_what_their_names_say():
    weights = {name: m.draw_weights(2, 6, 1, rng()) for name, m in MODELS.items()}
    orthogonal, relu, biased = (weights[n] for n in ("orthogonal", "identity ReLU", "LSTM, forget bias 1"))
    assert np.abs(orthogonal["weight_hh"] @ orthogonal["weight_hh"].T - np.eye(6)).max() < 1e-12
    assert (relu["weight_hh"] == np.eye(6)).all()
    assert not relu["bias_ih"].any()
    assert (biased["bias_ih"] + biased["bias_hh"] == np.repeat([0, 1, 0, 0], 6)).all()
    for name in ("orthogonal", "identity ReLU"):
        assert (weights[name]["weight_ih"] == weights["tanh"]["weight_ih"]).all()
    assert [name for name, m in MODELS.items() if m.largest_norm == math.inf] == ["LSTM, not clipped"]


def test_a_training_follows_from_its_seed():
    args = TASKS["adding"], MODELS["LSTM"], SIZES, 0.01
    first, again, other = (training.train(*args, seed, (0, 4)) for seed in (1, 1, 2))
    assert first == again
    assert first.curve != other.curve
    assert list(first.flow) == ["0", "4"]
    assert first.flow["0"] != first.flow["4"]


def test_it_learns():
    sizes = training.Sizes(hidden=8, batch=16, steps=300, points=3)
    result = training.train(tasks.copying(3, 1, 3), MODELS["GRU"], sizes, 0.02, seed=1)
    assert result.loss < 0.2 * math.log(3)
    assert result.right > 0.9


def test_rtrl_trains_as_backpropagation_does():
    ways = truncated(taus=(3,), pi=0.5)
    curves = {
        n: training.train(TASKS["copying"], ways[n], SIZES, 0.01, 1).curve for n in ("full", "RTRL", "chunks of 3")
    }
    assert curves["RTRL"] == pytest.approx(curves["full"], rel=1e-12)
    assert curves["chunks of 3"] != pytest.approx(curves["full"], rel=1e-9)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    path = tmp_path_factory.mktemp("quick") / "record.json"
    script = ["examples/long_memory.py", "--quick", "--seeds", "2", "--record", str(path)]
    done = subprocess.run([sys.executable, *script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return path, done.stdout


def test_the_script_prints_the_tables_of_its_record(quick):
    path, printed = quick
    found = json.loads(path.read_text())
    assert printed.endswith(tables.format_tables(found) + "\n")
    plan = plan_quick(2)
    reported = [r for r in found["runs"] if r["seed"] != SEARCHED]
    assert len(reported) == 2 * sum(len(e.models) for e in plan.experiments.values())
    assert len(re.findall(r"^\| (?!network|---)", printed, re.MULTILINE)) == len(reported) / 2


def test_a_record_goes_on_where_it_was_left(quick, tmp_path):
    path, _ = quick
    whole = json.loads(path.read_text())
    begun = tmp_path / "begun.json"
    begun.write_text(record.format_record({**whole, "runs": whole["runs"][3:23]}))
    shown = []
    assert record.complete(plan_quick(2), begun, shown.append) == whole
    assert json.loads(begun.read_text()) == whole
    assert len(shown) == len(whole["runs"]) - 20


def test_a_record_of_other_settings_is_not_added_to(quick, tmp_path, capsys):
    other = json.loads(quick[0].read_text())
    other["settings"]["rates"] = [1]
    path = tmp_path / "other.json"
    path.write_text(json.dumps(other))
    with pytest.raises(SystemExit):
        long_memory.main(["--quick", "--record", str(path)])
    assert f"{path}: it was made with other settings; name another file, or delete it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seeds", "0"], "--seeds: '0' does not do; give a finite int of at least 1"),
        (["--record", "nowhere/record.json"], "--record nowhere/record.json: there is no folder "),
    ],
)
def test_a_bad_option_is_named(arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        long_memory.main(["--quick", *arguments])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_the_rate_is_that_of_the_search_with_the_smallest_loss():
    runs = [{"task": "a", "model": "m", "seed": SEARCHED, "rate": r, "loss": x} for r, x in ((1, 3), (2, 1), (3, 2))]
    others = [
        {"task": "a", "model": "m", "seed": 0, "rate": 4, "loss": 0},
        {"task": "b", "model": "m", "seed": SEARCHED, "rate": 5, "loss": 0},
        {"task": "a", "model": "n", "seed": SEARCHED, "rate": 6, "loss": 0},
    ]
    assert record.choose_rate(runs + others, "a", "m") == 2


def test_a_row_is_the_median_of_the_seeds_and_their_range():
    experiment = {"baseline": 2.0, "steps": 100, "points": 4}
    curves = [[2, 1, 0.1, 0.1], [2, 0.3, 0.3, 0.19], [2, 2, 2, 0.2]]
    runs = [
        {
            "task": "t",
            "model": "m",
            "rate": 0.01,
            "seed": k,
            "curve": c,
            "loss": k + 0.5,
            "right": k / 4,
            "clipped": 0.1,
        }
        for k, c in enumerate(curves)
    ]
    searched = [{**runs[0], "seed": SEARCHED, "loss": 99}]
    settings = {"searched": SEARCHED, "experiments": {"t": experiment}}
    row = tables.format_table({"settings": settings, "runs": searched + runs}, "t").splitlines()[-1]
    assert row == ("| m | 0.01 | 1.5 (0.5 to 2.5) | 25% (0% to 50%) | 88 (75 to 100), 1 of 3 never | 10% |")


def test_the_output_is_that_of_the_last_steps():
    task, model = TASKS["copying"], MODELS["tanh"]
    weights = model.draw_weights(task.inputs, 5, task.outputs, rng())
    x, answer = task.draw(4, rng())
    output, _ = training.run_network(model, weights, x, len(answer), rng())
    hidden, _ = rnn(x, **{n: weights[n] for n in training.RECURRENT})
    assert output == pytest.approx(hidden.ys[-2:] @ weights["weight"].T + weights["bias"])
