"""Units that check what they are given name the argument that is wrong, and take empty sequences and batches."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

import gradcheck
from gradcheck import Case

SUBJECTS = {pair.name: pair.load() for pair in gradcheck.discover(Path(__file__).parents[2])}
FLOATS = [(name, argument) for name, s in SUBJECTS.items() for argument in s.declaration.differentiable]
EMPTY = [(n, letter) for n, s in SUBJECTS.items() for letter in "TB" if letter in s.declaration.letters]
RANGES = [(n, i) for n, s in SUBJECTS.items() for i in s.declaration.inputs.values() if i.range is not None]
INTEGERS = [(n, i.name) for n, i in RANGES if not i.scalar]
LENGTHS = [n for n, i in RANGES if i.name == "lengths" and not i.optional]
SCALARS = [(n, i.name) for n, i in RANGES if i.scalar]


def drawn(name):
    declaration = SUBJECTS[name].declaration
    return gradcheck.draw_arrays(declaration, Case({letter: 2 + k for k, letter in enumerate(declaration.letters)}))


def emptied(name, letter):
    """The inputs with no step or no row; without lengths, if they may be left out, as there is no length to give."""
    specs, inputs = SUBJECTS[name].declaration.inputs, drawn(name).inputs
    if letter == "T" and "lengths" in inputs and specs["lengths"].optional:
        inputs = {n: a for n, a in inputs.items() if n != "lengths"}
    axes = {n: specs[n].axis(letter) for n in inputs}
    return {n: a if axes[n] is None else a.take([], axes[n]) for n, a in inputs.items()}


def run(name, inputs):
    return SUBJECTS[name].unit(**inputs)


def test_every_unit_checks_what_it_is_given():
    assert all(hasattr(subject.unit, "__wrapped__") for subject in SUBJECTS.values())


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
    with pytest.raises(ValueError, match=f"^{argument}: it is int64; give one of kind f?cO"):
        run(name, {**inputs, argument: inputs[argument].real.astype(int)})


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_is_no_array_is_named(name):
    declaration, inputs = SUBJECTS[name].declaration, drawn(name).inputs
    for argument in declaration.differentiable:
        for value in (inputs[argument].tolist(), torch.tensor(inputs[argument])):
            with pytest.raises(ValueError, match=f"^{argument}: it is of type .*; give an array of NumPy"):
                run(name, {**inputs, argument: value})
        if argument not in declaration.optional:
            with pytest.raises(ValueError, match=f"^{argument}: it is None; give it"):
                run(name, {**inputs, argument: None})


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


def test_blocks_that_agree_among_themselves_and_not_with_the_size_are_named():
    inputs = drawn("lstm").inputs
    longer = {n: np.concatenate((a, a[:4])) if n.startswith(("weight", "bias")) else a for n, a in inputs.items()}
    with pytest.raises(ValueError, match=r"^weight_ih: it has shape \(24, 4\), declared \(4\*H I\) = \(20, 4\); "):
        run("lstm", longer)


@pytest.mark.parametrize(("name", "argument"), INTEGERS)
def test_integers_out_of_range_are_named(name, argument):
    inputs = drawn(name).inputs
    for value in (-1, 10**6):
        spoiled = np.array(inputs[argument])
        spoiled.flat[0] = value
        with pytest.raises(ValueError, match=rf"^{argument}: its values range from -?\d+ to \d+, declared .* in range"):
            run(name, {**inputs, argument: spoiled})


@pytest.mark.parametrize(("name", "argument"), SCALARS)
def test_counts_that_are_none_are_named(name, argument):
    inputs = drawn(name).inputs
    with pytest.raises(ValueError, match=rf"^{argument} = -1 is "):
        run(name, {**inputs, argument: -1})
    with pytest.raises(ValueError, match=rf"^{argument}: it is 1.5; give an integer"):
        run(name, {**inputs, argument: 1.5})


def test_a_choice_that_is_none_is_named():
    inputs = drawn("rnn_model").inputs
    with pytest.raises(ValueError, match=r"^activation: 'sine' is not one of tanh, logistic, .*; choose one"):
        SUBJECTS["rnn_model"].unit(**inputs, activation="sine")


@pytest.mark.parametrize(("name", "letter"), [(n, k) for n, k in EMPTY if k != "T" or n not in LENGTHS])
def test_nothing_gives_empty_outputs_and_zero_gradients(name, letter):
    """Of no steps the last state is the first, and so is its gradient."""
    inputs = emptied(name, letter)
    outputs, backward = run(name, inputs)
    last = [n for n in outputs._fields if n.endswith(("_T", "_n"))]
    for n, y in outputs._asdict().items():
        assert (y == (inputs[f"{n[:-2]}_0"] if n in last else 0)).all()
    gradients = backward(type(outputs)(*map(np.ones_like, outputs)))
    for argument, gradient in gradients.items():
        passed_on = argument.endswith("_0") and argument[:-2] in [n[:-2] for n in last]
        assert gradient.shape == inputs[argument].shape
        assert (gradient == (1 if passed_on else 0)).all()


@pytest.mark.parametrize("name", LENGTHS)
def test_lengths_have_no_meaning_where_there_is_no_step(name):
    with pytest.raises(ValueError, match=r"^lengths: its values range from 1 to 2, declared 1 <= lengths <= T"):
        run(name, emptied(name, "T"))
