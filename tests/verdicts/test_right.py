"""Right code is called what it is: proved, agreeing or imprecise, and never wrong."""

import pytest

from gradcheck import Subject, examine
from tests.verdicts.right.catalog import CELLS

CASES = 25
WELCOME = {"proved": ("proved",), "agrees": ("agrees", "proved"), "imprecise": ("imprecise",)}


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_verdict_is_the_one_that_is_due(cell):
    report = examine(Subject(cell.name, cell.unit, cell.reference), cases=CASES, diagnose=False)
    welcome = WELCOME[cell.due] + ("imprecise",) * cell.tails
    assert report.verdict in welcome, report.message or report.reason
