"""Judges adapted code at few cases; bugs are planted by editing the source of `foreign`."""

from gradcheck import Subject, examine, prove
from tests.harness.adapters import foreign
from tests.harness.plant import planted


def judged(unit, reference, *, exact=False, cases=5):
    return examine(Subject("unit", unit, reference), cases=cases, exact=exact, diagnose=False)


def proof(unit, reference):
    return prove(Subject("unit", unit, reference), cases=3)


def edited(name, *edits):
    return planted(*edits, module=foreign, name=name)


def caught(report, check, start):
    assert report.verdict == "wrong"
    assert report.failure.check == check
    assert report.message.startswith(start), report.message
    return report
