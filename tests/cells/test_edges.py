"""Every unit at its edges: no steps, no rows, and inputs that are not numbers."""

from pathlib import Path

import numpy as np
import pytest

import gradcheck
from gradcheck import Case, DeclarationError

PAIRS = gradcheck.discover(Path(__file__).parents[2])
SUBJECTS = {pair.name: pair.load() for pair in PAIRS}
EMPTY = [(name, letter) for name, s in SUBJECTS.items() for letter in "TB" if letter in s.declaration.letters]


def case(subject, **sizes):
    letters = {letter: k % 3 + 2 for k, letter in enumerate(subject.declaration.letters)}
    return Case({**letters, **{n: s for n, s in sizes.items() if n in letters}}, 1)


@pytest.mark.parametrize(("name", "letter"), EMPTY)
def test_no_steps_or_no_rows_give_empty_outputs_and_zero_gradients(name, letter):
    """Or a ValueError, where that has no meaning."""
    subject = SUBJECTS[name]
    declaration, address = subject.declaration, case(subject, **{letter: 0})
    refused = ""
    try:
        arrays = gradcheck.draw(declaration, address)
        outputs, backward = subject.unit(**arrays.inputs, **arrays.options)
    except (DeclarationError, ValueError) as error:
        refused = str(error)
    if refused:
        assert any(n in refused for n in declaration.inputs)
        return
    upstream = {n: np.zeros(o.shape(address.sizes)) for n, o in declaration.outputs.items()}
    gradients = backward(declaration.output_type(**upstream))
    for output, spec in declaration.outputs.items():
        assert np.shape(getattr(outputs, output)) == spec.shape(address.sizes)
    for given in declaration.differentiable:
        assert gradients[given].shape == declaration.inputs[given].shape(address.sizes)
        assert not gradients[given].any()


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_number_that_is_none_is_refused_by_name(name):
    subject = SUBJECTS[name]
    arrays = gradcheck.draw(subject.declaration, case(subject))
    for argument in subject.declaration.differentiable:
        broken = {n: np.array(a) if n in subject.declaration.differentiable else a for n, a in arrays.inputs.items()}
        broken[argument].flat[0] = np.nan
        with pytest.raises(ValueError, match=argument):
            subject.unit(**broken, **arrays.options)


@pytest.mark.parametrize("name", SUBJECTS)
def test_sizes_that_do_not_fit_are_refused_by_name(name):
    subject = SUBJECTS[name]
    arrays = gradcheck.draw(subject.declaration, case(subject))
    for argument, spec in subject.declaration.inputs.items():
        if not spec.dimensions:
            continue
        broken = arrays.inputs | {argument: np.concatenate((arrays.inputs[argument],) * 3)[..., None]}
        with pytest.raises(ValueError, match=argument):
            subject.unit(**broken, **arrays.options)
