"""Right code is called what it is: proved, agreeing or imprecise, and never wrong."""

from functools import cache

import pytest

from gradcheck import Subject, examine
from tests.verdicts.right.catalog import CELLS

CASES = 25
WELCOME = {"proved": ("proved",), "agrees": ("agrees", "proved"), "imprecise": ("imprecise",)}


@cache
def judged(cell):
    """The report, made once for every test that asks for it; no fault is looked for, as none is there."""
    return examine(Subject(cell.name, cell.unit, cell.reference), cases=CASES, diagnose=False)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_right_code_is_not_called_wrong(cell):
    report = judged(cell)
    assert report.verdict not in ("wrong", "judges split"), report.message


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_verdict_is_the_one_that_is_due(cell):
    report, welcome = judged(cell), WELCOME[cell.due] + ("imprecise",) * cell.tails
    assert report.verdict in welcome, report.message or report.reason
