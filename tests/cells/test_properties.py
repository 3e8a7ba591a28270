"""Hypothesis draws cases of every unit, after those that failed before and the first designed ones.

One property for each unit and question.  The properties of a unit draw the same cases, each of which is judged once.
"""

import random
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, seed, settings

import gradcheck
from gradcheck import Case
from gradcheck.cases.literals import read_literals
from gradcheck.cases.sequence import CaseSequence
from gradcheck.checks import NUMERIC_CHECKS
from gradcheck.replay import FailedCases
from gradcheck.strategies import cases
from gradcheck.unit.isolation import restore_global_state
from gradcheck.verification.judge import judge_case, shrink_failure

QUESTIONS = {
    "the_outputs_are_right": ("shapes", "forward"),
    "it_is_pure": ("purity",),
    "the_gradients_are_right": ("gradients", "third party"),
    "the_backward_is_a_vjp_of_the_forward": ("vjp laws", "complex step"),
}
DESIGNED = 30
"""The first designed cases hold lengths up to 129 and other sizes up to 65."""
SUBJECTS = {pair.name: pair.load() for pair in gradcheck.discover(Path(__file__).parents[2])}
SEED = 0 if settings().derandomize else random.SystemRandom().getrandbits(32)
FAILED = FailedCases(settings().database)


@lru_cache(len(QUESTIONS) * 64)
def judged(name, case_id):
    subject = SUBJECTS[name]
    with restore_global_state():
        return judge_case(subject, Case.parse(case_id, subject.declaration), NUMERIC_CHECKS)


def fail(name, result):
    """Fail in one line, with the smallest case, which is kept for the next time."""
    with restore_global_state():
        smallest = shrink_failure(SUBJECTS[name], result)
    FAILED.keep(name, smallest.case)
    pytest.fail(f"{name} {smallest.error}; gradcheck verify {name} --case {smallest.case}", pytrace=False)


def make_property(name, checks):
    declaration = SUBJECTS[name].declaration
    literals = read_literals(SUBJECTS[name].unit, declaration)
    sequence = CaseSequence(declaration, 0, literals)

    @seed(SEED)
    @settings(phases=(Phase.explicit, Phase.generate), print_blob=False)
    @given(case=cases(declaration, literals).map(str))
    def is_right(case):
        result = judged(name, case)
        if result.failed in checks:
            fail(name, result)

    for case in [*map(str, map(sequence.__getitem__, range(DESIGNED))), *FAILED.read(name)]:
        is_right = example(case=case)(is_right)
    return is_right


for unit in SUBJECTS:
    for question, checks in QUESTIONS.items():
        globals()[f"test_{unit}_{question}"] = make_property(unit, checks)


def test_the_questions_are_those_of_the_numeric_checks():
    assert sorted(check for asked in QUESTIONS.values() for check in asked) == sorted(c.name for c in NUMERIC_CHECKS)
