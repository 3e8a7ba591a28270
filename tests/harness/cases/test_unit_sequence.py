"""The cases of a unit are designed once for all of its steps, and never taken for those of another."""

from gradcheck import Subject, examine
from gradcheck.cases import sequence
from gradcheck.cases.unit_sequence import get_sequence
from tests.harness import elman, elman_reference


def make_subject():
    return Subject("unit", elman.elman, elman_reference.elman)


def test_another_unit_or_seed_has_cases_of_its_own():
    subject = make_subject()
    kept = get_sequence(subject, 0)
    assert get_sequence(subject, 0) is kept
    assert get_sequence(subject, 1).seed == 1
    assert get_sequence(make_subject(), 1) is not get_sequence(subject, 1)


def test_they_are_designed_once_for_all_steps(monkeypatch):
    asked = []

    def count(declaration, literals):
        asked.append(declaration)
        return designed(declaration, literals)

    designed = sequence.list_designed_cases
    monkeypatch.setattr(sequence, "list_designed_cases", count)
    assert examine(make_subject(), cases=30).good
    assert len(asked) == 1
