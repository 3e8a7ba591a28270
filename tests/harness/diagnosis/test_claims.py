"""The independent check of the benchmark tells a true claim from a false one."""

import functools
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from gradcheck import Case
from gradcheck.diagnosis import diagnose_fault
from tests.harness.diagnosis.test_looks_like import FAULTS, SMALL

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks" / "diagnosis"))
from claims import verify


def case_of(subject):
    return Case({letter: SMALL.sizes[letter] for letter in subject.declaration.letters})


@functools.cache
def explain(text):
    return diagnose_fault(FAULTS[text], "gradients", case_of(FAULTS[text])).explanation


@pytest.mark.parametrize("text", FAULTS)
def test_what_is_planted_is_true(text):
    assert verify(FAULTS[text], case_of(FAULTS[text]), explain(text)) == "true"


@pytest.mark.parametrize(("text", "other"), [*pairwise(FAULTS)])
def test_what_is_planted_elsewhere_is_not(text, other):
    assert verify(FAULTS[other], case_of(FAULTS[other]), explain(text)) != "true"
