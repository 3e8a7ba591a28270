"""docs/misprints.md and the units say the same."""

import re
from pathlib import Path

import pytest

from tests.misprints.catalog import MISPRINTS

PAGE = (Path(__file__).parents[2] / "docs" / "misprints.md").read_text(encoding="utf-8")
STORIES = dict(re.findall(r"^## (M\d+)\b(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
IDS = [f"M{k}" for k in range(1, 24)]
STATEMENTS = {"M12", "M13", "M19", "M20", "M22"}


def test_every_misprint_has_its_story_in_order():
    assert list(STORIES) == IDS
    assert {name.partition(",")[0] for name in MISPRINTS} == set(IDS) - STATEMENTS


@pytest.mark.parametrize("misprint", IDS)
def test_a_story_gives_the_printed_formula_the_smallest_case_and_the_corrected_formula(misprint):
    for part in ("**As printed.**", "**Smallest case.**", "**Corrected.**"):
        assert STORIES[misprint].count(part) == 1
    assert STORIES[misprint].count("$") >= 4
    found = set(re.findall(r"`((?:[A-Z]=\d+,)+seed=\d+)`", STORIES[misprint]))
    assert found == {m.smallest for name, m in MISPRINTS.items() if name.partition(",")[0] == misprint}
    checks = {m.check for name, m in MISPRINTS.items() if name.partition(",")[0] == misprint}
    assert all(f"check `{check}`" in STORIES[misprint] for check in checks)
