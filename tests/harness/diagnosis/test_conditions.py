"""Conditions on values are named where a fault needs them, and not where it needs something else."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import Case, Subject
from gradcheck.cases.vocabulary import VALUES, WITH_NUMBER
from gradcheck.diagnosis import diagnose_fault
from gradcheck.diagnosis.conditions.named_values import NamedValues
from gradcheck.unit.declaration import ArraySpec
from gradcheck.unit.dimension import ValueRange
from tests.harness import elman_reference
from tests.harness.diagnosis.subjects import elman_subject, lstm_subject, ragged_subject
from tests.harness.plant import planted

Array = np.ndarray[Any, np.dtype[Any]]
PHI = "dh * (1 - hs[t + 1] * hs[t + 1])"
DZ_F = "dc * c_prev * f * (1 - f)"
DZ_I = "dc * g * i * (1 - i)"
RETURN = "return gradients |"
CARRY = "dh = dz @ weight_hh\n"


class Loss(NamedTuple):
    loss: Float[Array, " N"]


def huber(y: Float[Array, " N"], target: Float[Array, " N"]) -> tuple[Loss, Callable[[Loss], dict[str, Array]]]:
    error = y - target
    small = np.abs(error) <= 1
    loss = np.where(small, error * error / 2, np.abs(error) - 0.5)

    def backward(d: Loss) -> dict[str, Array]:
        slope = np.where(small, error, np.sign(error))
        return {"y": slope * d.loss, "target": -slope * d.loss}

    return Loss(loss), backward


def huber_reference(y: Float[torch.Tensor, " N"], target: Float[torch.Tensor, " N"]) -> Loss:
    return Loss(torch.nn.functional.huber_loss(y, target, reduction="none"))


def huber_subject(slope):
    @functools.wraps(huber)
    def unit(y, target):
        outputs, _ = huber(y, target)
        return outputs, lambda d: {"y": slope(y - target) * d.loss, "target": -slope(y - target) * d.loss}

    return Subject("huber", unit, huber_reference)


ZERO_STATE = elman_subject((CARRY, "dh = dz @ weight_hh * (1 if h_0 is None or hs[0].any() else 0)\n"))
NEEDED = {
    "only where z_f > 1.5": (lstm_subject((DZ_F, "dc * c_prev * np.where(z_f > 1.5, 0, f * (1 - f))")), {}),
    "only where |z_i| > 1.5 or |z_f| > 1.5": (
        lstm_subject(
            (DZ_F, "dc * c_prev * np.where(abs(z_f) > 1.5, 0, f * (1 - f))"),
            (DZ_I, "dc * g * np.where(abs(z_i) > 1.5, 0, i * (1 - i))"),
        ),
        {},
    ),
    "only where |ys| > 0.9": (
        elman_subject((PHI, "dh * np.where(abs(hs[t + 1]) > 0.9, 0, 1 - hs[t + 1] * hs[t + 1])")),
        {},
    ),
    "only where h_0 is zero": (ZERO_STATE, {"values": (("h_0", "zero"),)}),
    "only where all lengths are T": (ragged_subject(lambda lengths, T: (lengths == T).all()), {}),
    "only where some lengths are below T; only with T > 1": (
        ragged_subject(lambda lengths, T: (lengths < T).any()),
        {},
    ),
    "only where all lengths are equal": (ragged_subject(lambda lengths, T: (lengths == lengths[0]).all()), {}),
}


def diagnose(subject, **switches):
    """At the smallest case that fails."""
    letters = subject.declaration.letters
    cases = [Case(dict.fromkeys(letters, size), seed, **switches) for size in (1, 2, 3, 9) for seed in range(9)]
    for case in cases:
        found = diagnose_fault(subject, "gradients", case)
        if found.conclusions is not None and found.conclusions.wrong_blocks:
            return found
    raise AssertionError("no case shows the fault")


@pytest.mark.parametrize("text", NEEDED)
def test_what_the_values_must_be_is_named(text):
    subject, switches = NEEDED[text]
    assert diagnose(subject, **switches).location.endswith(f"; {text}")


@pytest.mark.parametrize(
    ("slope", "text"),
    [
        (lambda e: np.where(np.abs(e) <= 1, e, 0.0), "only where |y - target| > 1"),
        (lambda e: np.where(np.abs(e) <= 1, 0.0, np.sign(e)), "only where |y - target| < 1"),
    ],
)
def test_a_difference_of_two_inputs_is_one_number(slope, text):
    assert diagnose(huber_subject(slope)).location.endswith(f"; {text}")


def test_a_limit_that_the_source_does_not_name_is_measured():
    unit = planted((PHI, "dh * np.where(np.abs(hs[t + 1]) > LIMIT(), 0, 1 - hs[t + 1] * hs[t + 1])"))
    unit.__globals__["LIMIT"] = lambda: np.tanh(1.25)
    (found,) = diagnose(Subject("elman", unit, elman_reference.elman)).conditions
    assert not found.exact
    assert str(found).startswith("|z| > about 1.")
    assert abs(found.limit - 1.25) < 0.25


def test_a_pattern_is_named_where_few_cases_show_the_fault():
    subject, _ = NEEDED["only where all lengths are T"]
    assert diagnose(subject).pattern == "twice the right gradient"


NEAR_MISSES = {
    "rows by their number": elman_subject((RETURN, f"\n        dbias[:1] *= 2\n        {RETURN}")),
    "beyond a size": elman_subject((RETURN, f"\n        dweight_hh[:, 8:] = 0\n        {RETURN}")),
    "by the number of another entry": elman_subject((PHI, PHI + " * (1 + (np.roll(hs[t + 1], 1) > 0.2))")),
    "a soft threshold": elman_subject((PHI, PHI + " / (1 + np.exp(9 * hs[t + 1] - 5))")),
    "odd sums of lengths": ragged_subject(lambda lengths, T: lengths.sum() % 2),
    "lengths, but not their value": ragged_subject(lambda lengths, T: 1),
}


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_no_condition_on_values_is_named_where_there_is_none(name):
    found = diagnose(NEAR_MISSES[name])
    assert found.conditions == ()
    assert "only where" not in found.location


def test_a_size_that_is_needed_is_named_without_one():
    found = diagnose(NEAR_MISSES["beyond a size"])
    assert found.triggers == ("H >= 9",)


def test_the_conditions_are_the_first_of_the_triggers():
    found = diagnose(ZERO_STATE, values=(("h_0", "zero"),))
    assert found.triggers == ("h_0 is zero",)


def test_every_word_for_values_has_a_sentence():
    specs = {kind: ArraySpec("k", kind, (), range=ValueRange.parse("0 <= k < V", "k")) for kind in VALUES}
    words = [(specs[kind], word) for kind, known in VALUES.items() for word in known]
    words += [(specs[kind], f"{word}7") for kind, known in WITH_NUMBER.items() for word in known]
    sentences = [str(NamedValues(spec, word)) for spec, word in (*words, (specs["float"], "like.h_0"))]
    assert all("k" in s and "{" not in s for s in sentences)
    assert {"all k are V - 1", "all k are 0", "k has 7", "k is near 7", "k equals h_0"} <= {*sentences}
