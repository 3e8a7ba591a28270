"""Every unit of the project, found by its files, climbs the ladder on random cases."""

import json
import secrets
from pathlib import Path

import pytest
from hypothesis import settings

import gradcheck

PAIRS = gradcheck.discover(Path(__file__).parents[2])


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_unit(pair, record_property):
    profile = settings()
    seed = 0 if profile.derandomize else secrets.randbits(32)
    report = gradcheck.examine(pair.load(), cases=profile.max_examples, seed=seed)
    record_property("gradcheck", json.dumps(report.to_dict()))
    if not report.good:
        pytest.fail(f"{report.message}\n  seed      {seed}", pytrace=False)
    assert report.cases > 0
