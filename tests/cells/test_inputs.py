"""Units that check what they are given name the argument that is wrong, and take empty sequences and batches."""

import re
from pathlib import Path

import numpy as np
import pytest

import gradcheck
from gradcheck import Case

SUBJECTS = {pair.name: pair.load() for pair in gradcheck.discover(Path(__file__).parents[2])}
CHECKED = {name: s for name, s in SUBJECTS.items() if hasattr(s.unit, "__wrapped__")}
FLOATS = [(name, argument) for name, s in CHECKED.items() for argument in s.declaration.differentiable]
EMPTY = [(name, letter) for name, s in CHECKED.items() for letter in "TB" if letter in s.declaration.letters]
INTEGERS = [(n, i.name) for n, s in CHECKED.items() for i in s.declaration.inputs.values() if i.range is not None]


def drawn(name, **sizes):
    declaration = SUBJECTS[name].declaration
    every = {letter: 2 + k for k, letter in enumerate(declaration.letters)}
    return gradcheck.draw(declaration, Case({**every, **{n: s for n, s in sizes.items() if n in every}}))


def run(name, inputs):
    return SUBJECTS[name].unit(**inputs)


def test_the_models_are_among_them():
    assert {"embedding", "linear_rnn", "rnn_model", "lstm_model", "gru_model", "rnn_regression"} <= set(CHECKED)


@pytest.mark.parametrize(("name", "argument"), FLOATS)
def test_an_array_that_is_not_finite_or_does_not_fit_is_named(name, argument):
    inputs = drawn(name).inputs
    for value in (np.nan, np.inf):
        spoiled = np.array(inputs[argument])
        spoiled.flat[0] = value
        with pytest.raises(ValueError, match=f"^{argument}: it holds inf or nan; give finite numbers"):
            run(name, {**inputs, argument: spoiled})
    with pytest.raises(ValueError, match=rf"^{argument}: it has shape \(.*\), declared \(.*\); give an array of"):
        run(name, {**inputs, argument: inputs[argument][None]})
    with pytest.raises(ValueError, match=f"^{argument}: it is int64; give one of kind fcO"):
        run(name, {**inputs, argument: inputs[argument].astype(int)})


@pytest.mark.parametrize(("name", "argument"), FLOATS)
def test_sizes_that_do_not_fit_are_named(name, argument):
    inputs = drawn(name).inputs
    for axis in range(inputs[argument].ndim):
        longer = np.concatenate([inputs[argument], inputs[argument].take([0], axis)], axis)
        try:
            run(name, {**inputs, argument: longer})
        except ValueError as error:
            assert re.match(r"\w+: it has shape \(.*\), declared \(.*\) = \(.*\); give arrays whose", str(error))  # noqa: PT017
        else:
            letter = SUBJECTS[name].declaration.inputs[argument].dimensions[axis].text
            others = [i for n, i in SUBJECTS[name].declaration.inputs.items() if n != argument]
            assert all(letter not in d.letters for i in others for d in i.dimensions)


@pytest.mark.parametrize(("name", "argument"), INTEGERS)
def test_integers_out_of_range_are_named(name, argument):
    inputs = drawn(name).inputs
    for value in (-1, 10**6):
        spoiled = np.array(inputs[argument])
        spoiled.flat[0] = value
        with pytest.raises(ValueError, match=rf"^{argument}: its values reach from -?\d+ to \d+, declared .* in range"):
            run(name, {**inputs, argument: spoiled})


def test_a_choice_that_is_none_is_named():
    inputs = drawn("rnn_model").inputs
    with pytest.raises(ValueError, match=r"^activation: 'sine' is none of tanh, logistic, .*; choose one"):
        SUBJECTS["rnn_model"].unit(**inputs, activation="sine")


@pytest.mark.parametrize(("name", "letter"), EMPTY)
def test_nothing_gives_empty_outputs_and_zero_gradients(name, letter):
    """Of no steps the last state is the first, and so is its gradient."""
    inputs = drawn(name, **{letter: 0}).inputs
    outputs, backward = run(name, inputs)
    assert all((y == 0).all() for n, y in outputs._asdict().items() if not n.endswith("_T"))
    gradients = backward(type(outputs)(*map(np.ones_like, outputs)))
    for argument, gradient in gradients.items():
        passed_on = argument.endswith("_0") and f"{argument[:-2]}_T" in outputs._fields
        assert gradient.shape == inputs[argument].shape
        assert (gradient == (1 if passed_on else 0)).all()
