"""What could not be found out is said, and why; a defect of the harness itself is not taken for the unit's."""

import pytest

from gradcheck import Case, Subject, diagnosis, examine
from gradcheck.diagnosis import diagnose_fault
from tests.harness import elman_reference
from tests.harness.plant import details, planted

DBIAS = "dbias += dz.sum(axis=0)"


def subject(unit):
    return Subject("elman", unit, elman_reference.elman)


CASE = Case({"T": 2, "B": 1, "I": 1, "H": 1})
TWICE = subject(planted((DBIAS, "dbias += 2 * dz.sum(axis=0)")))


def test_of_a_unit_that_crashes_when_it_is_looked_into_the_rest_is_told():
    edit = (DBIAS, "dbias += 2 * dz.sum(axis=0)\n            if not dys.any(): raise RuntimeError('no upstream')")
    found = diagnose_fault(subject(planted(edit)), "gradients", CASE)
    assert found.error_map is None
    assert found.pattern == "twice the right gradient"
    assert found.not_determined == {"where it is wrong": "UnitRaised: backward raised RuntimeError: no upstream"}


def test_garbage_of_another_shape_is_said_to_be_that():
    edits = (DBIAS, "dbias += 2 * dz.sum(axis=0)"), ('"x": dx', '"x": dx if dys.any() else dx[0]')
    found = diagnose_fault(subject(planted(*edits)), "gradients", CASE)
    assert found.not_determined["where it is wrong"].startswith("DeclarationError: elman: gradient of x: it has shape")


def broken(*arguments):
    raise TypeError("no such thing")


def test_a_defect_of_the_harness_propagates(monkeypatch):
    monkeypatch.setattr(diagnosis, "match_patterns", broken)
    with pytest.raises(TypeError, match="no such thing"):
        diagnose_fault(TWICE, "gradients", CASE)


def test_but_the_verdict_is_told_without_it(monkeypatch):
    monkeypatch.setattr(diagnosis, "match_patterns", broken)
    report = examine(TWICE, cases=5)
    assert report.verdict == "wrong"
    assert details(report)["not known"] == "diagnosis (a defect of gradcheck: TypeError: no such thing)"


def test_what_is_told_in_full_says_nothing_of_it():
    report = examine(TWICE, cases=5)
    assert report.diagnosis.not_determined == {}
    assert "not known" not in details(report)
