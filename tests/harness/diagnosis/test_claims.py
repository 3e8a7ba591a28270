"""The independent check of the benchmark tells a true claim from a false one."""

import functools
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from gradcheck.diagnosis import diagnose_fault
from tests.harness.diagnosis.test_looks_like import FAULTS, small_case

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks" / "diagnosis"))
from claims import verify


@functools.cache
def explain(text):
    return diagnose_fault(FAULTS[text], "gradients", small_case(FAULTS[text])).explanation


@pytest.mark.parametrize("text", FAULTS)
def test_what_is_planted_is_true(text):
    assert verify(FAULTS[text], small_case(FAULTS[text]), explain(text)) == "true"


@pytest.mark.parametrize(
    ("text", "other"), [pair for pair in pairwise(FAULTS) if len({FAULTS[text].name for text in pair}) == 1]
)
def test_what_is_planted_elsewhere_is_not(text, other):
    assert verify(FAULTS[other], small_case(FAULTS[other]), explain(text)) != "true"
