"""Hypothesis draws the cases of every unit, and shrinks what falls, beside the harness's own drawing and shrinking."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradcheck
from gradcheck.strategies import cases

PAIRS = {pair.name: pair for pair in gradcheck.discover(Path(__file__).parents[2])}


@cache
def subject(name):
    return PAIRS[name].load()


@pytest.mark.parametrize("name", PAIRS)
def test_every_unit_is_right_at_random_shapes_seeds_and_lengths(name):
    @settings(max_examples=max(3, settings.default.max_examples // 10))
    @given(st.data())
    def is_right(data):
        case = data.draw(cases(subject(name).declaration))
        report = gradcheck.examine(subject(name), case=str(case), exact=False)
        assert report.good or not report.cases, report.message

    is_right()
