"""A case at which a unit failed is judged first the next time, until it passes."""

import pytest
from hypothesis.database import InMemoryExampleDatabase

from gradcheck import DeclarationError, Subject, examine
from gradcheck.replay import MOST_REPLAYED, FailedCases, read_all
from gradcheck.verdict.report import report_bad_declaration
from tests.harness import elman, elman_reference
from tests.harness.plant import planted

RARE = ('"x": dx', '"x": dx if x.shape[:2] != (5, 4) else 2 * dx')
CASE = "T=5,B=4,I=2,H=3,seed=7"
RIGHT = Subject("elman", elman.elman, elman_reference.elman)


@pytest.fixture
def failed():
    return FailedCases(InMemoryExampleDatabase())


def wrong():
    return Subject("elman", planted(RARE), elman_reference.elman)


def test_a_case_that_failed_is_judged_first(failed):
    """Of one case alone, drawn at random, the fault is not seen."""
    assert examine(wrong(), cases=1, exact=False).good
    failed.note(examine(wrong(), case=CASE), ())
    replay = failed.read("elman")
    report = examine(wrong(), cases=1, exact=False, replay=replay)
    assert (report.verdict, report.cases, replay) == ("wrong", 1, (CASE,))


def test_a_case_that_passes_now_does_not_count_and_is_forgotten(failed):
    failed.note(examine(wrong(), case=CASE), ())
    replay = failed.read("elman")
    report = examine(RIGHT, cases=3, replay=replay)
    assert (report.verdict, report.cases) == (examine(RIGHT, cases=3).verdict, 3)
    failed.note(report, replay)
    assert failed.read("elman") == ()


def test_a_unit_that_cannot_be_judged_forgets_nothing(failed):
    failed.note(examine(wrong(), case=CASE), ())
    replay = failed.read("elman")
    failed.note(report_bad_declaration("elman", DeclarationError("x", "it has no shape", "write one")), replay)
    assert failed.read("elman") == replay


def test_a_case_of_other_sizes_than_the_unit_has_now_is_passed_over():
    assert examine(RIGHT, cases=1, exact=False, replay=["Q=3,seed=1", "no case"]).good


def test_few_cases_of_a_unit_are_read_and_none_without_a_database(failed):
    for k in range(2 * MOST_REPLAYED):
        failed.database.save(b"gradcheck elman", f"T=1,seed={k}".encode())
    assert len(failed.read("elman")) == MOST_REPLAYED
    assert read_all(failed, [RIGHT, Subject("other", RIGHT.unit, RIGHT.reference)]) == {"elman": failed.read("elman")}
    nothing = FailedCases(None)
    nothing.note(examine(wrong(), case=CASE), ())
    assert nothing.read("elman") == ()
