"""The gradient of a tied weight is the sum of the gradients of its uses: in any unit, over time, and across layers."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import gradcheck
from gradcheck.exact import decide_equality
from gradcheck.strategies import exact_cases
from manual.recurrent.rnn import RNNOutput, rnn
from manual.recurrent.unrolled_rnn import UnrolledOutput, unrolled_rnn
from tests.cells.tie import pairs, tied

PAIRS = {pair.name: pair for pair in gradcheck.discover(Path(__file__).parents[2])}
SUBJECTS = {name: pair.load() for name, pair in PAIRS.items()}
TIEABLE = {name: found for name, s in SUBJECTS.items() if (found := list(pairs(s.declaration)))}
NAMED = (
    ("two_layers", "weight_1", "weight_2"),
    ("lstm", "weight_ih", "weight_hh"),
    ("gru", "bias_ih", "bias_hh"),
    ("rnn_model", "weight_embedding", "weight_output"),
)
WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@pytest.mark.parametrize("name", TIEABLE)
@settings(max_examples=4)
@given(data=st.data())
def test_any_two_inputs_of_any_unit_can_be_tied(name, data):
    subject = tied(SUBJECTS[name], *data.draw(st.sampled_from(TIEABLE[name])))
    case = data.draw(exact_cases(subject.declaration, {}))
    report = gradcheck.examine(subject, case=str(case))
    assume(not report.skipped)
    assert report.good, report.message


@pytest.mark.parametrize(("name", "kept", "dropped"), NAMED)
def test_tied_weights_pass_every_check(name, kept, dropped):
    renamed = next(r for a, b, r in TIEABLE[name] if (a, b) == (kept, dropped))
    report = gradcheck.examine(tied(SUBJECTS[name], kept, dropped, renamed), cases=10)
    assert report.verdict == "proved", report.message


@pytest.mark.parametrize("forgotten", ["bias_ih", "bias_hh"])
def test_a_use_that_is_forgotten_is_caught(forgotten):
    subject = SUBJECTS["rnn"]

    def forgetful(**inputs):
        outputs, backward = subject.unit(**inputs)
        return outputs, lambda d: {n: g * (n != forgotten) for n, g in backward(d).items()}

    forgetful.__wrapped__, forgetful.__annotations__ = subject.unit, subject.unit.__annotations__
    planted = gradcheck.Subject("rnn", forgetful, subject.reference)
    report = gradcheck.examine(tied(planted, "bias_ih", "bias_hh", {}), cases=10)
    assert report.verdict == "wrong"
    assert "dbias_ih" in report.message


class Weights(NamedTuple):
    weight_ih: Any
    weight_hh: Any
    bias_ih: Any
    bias_hh: Any


def shared(dys, dh_T, **inputs):
    gradients = rnn(**inputs)[1](RNNOutput(dys, dh_T))
    return Weights(**{n: gradients[n] for n in WEIGHTS})


def summed(dys, dh_T, **inputs):
    """The gradients of T copies of each weight, added up."""
    copies = {n: np.stack([a] * len(dys)) if n in WEIGHTS else a for n, a in inputs.items()}
    gradients = unrolled_rnn(**copies)[1](UnrolledOutput(dys, dh_T))
    return Weights(**{n: gradients[n].sum(axis=0) for n in WEIGHTS})


def all_but_the_first(dys, dh_T, **inputs):
    copies = {n: np.stack([a] * len(dys)) if n in WEIGHTS else a for n, a in inputs.items()}
    gradients = unrolled_rnn(**copies)[1](UnrolledOutput(dys, dh_T))
    return Weights(**{n: gradients[n][1:].sum(axis=0) for n in WEIGHTS})


def drawn(T, B=2, I=3, H=2):  # noqa: E741
    shapes = {"x": (T, B, I), "weight_ih": (H, I), "weight_hh": (H, H), "bias_ih": (H,), "bias_hh": (H,)}
    shapes |= {"h_0": (B, H), "dys": (T, B, H), "dh_T": (B, H)}
    return {n: np.random.default_rng(T).normal(size=s) for n, s in shapes.items()}


@pytest.mark.parametrize("T", [1, 2, 6])
def test_the_gradient_of_a_weight_shared_over_time_is_the_sum_over_its_copies(T):
    decision = decide_equality(shared, summed, drawn(T))
    assert (decision.verdict, decision.reason) == ("equal", "")


def test_a_sum_that_lacks_one_copy_is_another_function():
    assert decide_equality(shared, all_but_the_first, drawn(3)).verdict == "different"
