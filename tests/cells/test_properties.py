"""Hypothesis draws cases of every unit, after those that failed before and the first designed ones.

One property for each unit and question.  The properties of a unit draw the same cases, each of which is judged once.
"""

import random
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, seed, settings

import gradcheck
from gradcheck import Case, Subject
from gradcheck.cases.unit_sequence import get_sequence
from gradcheck.checks import NUMERIC_CHECKS
from gradcheck.replay import FailedCases
from gradcheck.strategies import cases
from gradcheck.unit.isolation import restore_global_state
from gradcheck.verdict.case_result import CaseResult
from gradcheck.verification.judge import judge_case, shrink_failure
from manual.recurrent import lstm, rnn
from tests.harness import elman_reference
from tests.harness.plant import planted

QUESTIONS = {
    "the_outputs_are_right": ("shapes", "forward"),
    "it_is_pure": ("purity",),
    "the_gradients_are_right": ("gradients", "third party"),
    "the_backward_is_a_vjp_of_the_forward": ("vjp laws", "complex step"),
}
DESIGNED = 100
"""In so many cases every size met every option, layout and kind of value: see docs/cases.md."""
MORE = 1.5
"""Hypothesis repeats parts of cases that it drew before: of so many times more, enough are new."""
SUBJECTS = {pair.name: pair.load() for pair in gradcheck.discover(Path(__file__).parents[2])}
SEED = 0 if settings().derandomize else random.SystemRandom().getrandbits(32)
FAILED = FailedCases(settings().database)


def make_judge(subject):
    """Judge a case by its id: once, whichever property asks."""

    @lru_cache(2 * DESIGNED)
    def judge(case_id):
        with restore_global_state():
            return judge_case(subject, Case.parse(case_id, subject.declaration), NUMERIC_CHECKS)

    return judge


def fail(subject, result):
    """Fail in one line, with the smallest case, which is kept for the next time."""
    with restore_global_state():
        smallest = shrink_failure(subject, result)
    FAILED.keep(subject.name, smallest.case)
    again = f"gradcheck verify {subject.name} --case {smallest.case}"
    pytest.fail(f"{subject.name} {smallest.error}; {again}", pytrace=False)


def make_property(subject, judge, checks):
    """The property that no case fails one of these checks."""
    sequence = get_sequence(subject, 0)
    designed = map(sequence.__getitem__, range(DESIGNED))

    @seed(SEED)
    @settings(
        phases=(Phase.explicit, Phase.generate), print_blob=False, max_examples=round(MORE * settings().max_examples)
    )
    @given(case=cases(subject.declaration, sequence.literals).map(str))
    def is_right(case):
        result = judge(case)
        if result.failed in checks:
            fail(subject, result)

    for case in reversed([*FAILED.read(subject.name), *map(str, designed)]):
        is_right = example(case=case)(is_right)
    return is_right


for unit, subject in SUBJECTS.items():
    judge = make_judge(subject)
    for question, checks in QUESTIONS.items():
        globals()[f"test_{unit}_{question}"] = make_property(subject, judge, checks)


def test_the_questions_are_those_of_the_numeric_checks():
    assert sorted(check for asked in QUESTIONS.values() for check in asked) == sorted(c.name for c in NUMERIC_CHECKS)


@pytest.mark.parametrize("unit", ["lstm", "dot_attention", "activation"])
def test_the_drawn_cases_are_enough_and_uncorrelated(unit):
    """Cases of one seed and one number of steps would have the same arrays, or parts of them."""
    drawn = []

    def judge(case):
        drawn.append(Case.parse(case, SUBJECTS[unit].declaration))
        return CaseResult(drawn[-1])

    make_property(SUBJECTS[unit], judge, ())()
    random = drawn[DESIGNED + len(FAILED.read(unit)) :]
    assert len({(case.sizes.get("T"), case.seed) for case in random}) >= settings().max_examples


def carry_cut_after_6_steps():
    return planted(("dh = dz @ weight_hh", "dh = (dz if T - t < 6 else 0 * dz) @ weight_hh"))


def one_length_and_one_option():
    old = "named, (dh_0,) = loop_backward([d.ys], [d.h_T])"
    new = f"{old}\n        dh_0 = dh_0 * (1 + (len(x) == 17 and activation == 'relu'))"
    return planted((old, new), module=rnn, name="rnn")


def one_gate():
    return planted(("dz_f = dc * c_prev * f * (1 - f)", "dz_f = dc * c_prev * f * (1 + f)"), module=lstm, name="lstm")


def many_features():
    return planted(('"x": dx,', '"x": dx * (1 + (dh.shape[1] > 16)),'))


PLANTS = {
    carry_cut_after_6_steps: elman_reference.elman,
    one_length_and_one_option: SUBJECTS["rnn"].reference,
    one_gate: SUBJECTS["lstm"].reference,
    many_features: elman_reference.elman,
}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_fails_a_property_in_one_line(plant):
    subject = Subject("planted", plant(), PLANTS[plant])
    with pytest.raises(pytest.fail.Exception) as failed:
        make_property(subject, make_judge(subject), QUESTIONS["the_gradients_are_right"])()
    message = str(failed.value)
    assert message.startswith("planted d")
    assert "; gradcheck verify planted --case " in message
    assert "\n" not in message
