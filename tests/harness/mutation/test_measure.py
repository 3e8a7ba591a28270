"""The measure: it does not depend on the workers, a sample follows from its seed, a wrong unit is refused."""

from pathlib import Path

import pytest

from gradcheck import Subject, examine
from gradcheck.cases.regimes import list_exact_cases, list_numeric_cases
from gradcheck.mutation import Mutant, MutationScore, measure_mutation_score
from gradcheck.mutation.trial import MutantOutcome
from gradcheck.records import fill, to_json_value
from gradcheck.records.mutants import MutationScoreRecord
from tests.harness import elman, elman_reference
from tests.harness.mutation import small
from tests.harness.plant import planted

WRONG = ("dz * w,", "dz * w * w,")


def subject(*edits):
    return Subject("small", planted(*edits, module=small, name="small"), small.small_reference)


def content(measured):
    found = to_json_value(fill(measured, MutationScoreRecord))
    return {name: value for name, value in found.items() if name != "seconds"}


def test_the_result_does_not_depend_on_the_number_of_workers():
    unit = subject()
    assert content(measure_mutation_score(unit, workers=1)) == content(measure_mutation_score(unit, workers=3))


def test_a_sample_follows_from_its_seed():
    unit, told = subject(), []
    first, again, other = (
        measure_mutation_score(unit, sample=9, seed=s, progress=lambda *n: told.append(n)) for s in (1, 1, 2)
    )
    assert (told[0], told[-1]) == (("small", 0, 9), ("small", 9, 9))
    assert len(first.results) == len(other.results) == 9 < first.mutants
    assert [(m.line, m.kind, m.outcome) for m in first.results] == [(m.line, m.kind, m.outcome) for m in again.results]
    assert [(m.line, m.kind) for m in first.results] != [(m.line, m.kind) for m in other.results]


def test_a_wrong_unit_has_no_mutation_score():
    found = measure_mutation_score(subject(WRONG))
    assert (found.verdict, found.results, found.score, found.exit_code) == ("wrong", [], None, 1)
    assert found.error.startswith("small: it does not pass case T=3,B=2,seed=0, so its mutants cannot be judged")


def test_a_unit_without_source_is_a_bad_declaration():
    namespace = {}
    text = Path(small.__file__).read_text()
    exec(compile(text, "nowhere.py", "exec"), namespace)
    found = measure_mutation_score(Subject("small", namespace["small"], small.small_reference))
    assert (found.verdict, found.exit_code) == ("bad declaration", 2)
    assert found.error == ("nowhere.py: its source is not available; define the unit in a file, and import it")


def test_every_regime_occurs():
    declaration = Subject("elman", elman.elman, elman_reference.elman).declaration
    cases = list_numeric_cases(declaration)
    assert {c.dtype for c in cases} == {"float64", "float32"}
    assert {c.layout for c in cases} == {"contiguous", "strided", "reversed", "fortran", "readonly"}
    assert {c.upstream for c in cases} == {"all", "last"}
    assert {c.scale for c in cases} == {"normal", "saturated", "long"}
    assert {c.none for c in cases} == {(), ("ys",), ("h_T",)}
    assert {c.absent for c in cases} == {(), ("h_0",)}
    assert {c.sizes["T"] for c in cases} >= {1, 2, 3, 4, 5, 9, 24}
    assert {c.sizes["B"] for c in cases} >= {1, 2, 4}
    exact = list_exact_cases(declaration)
    assert {c.sizes["T"] for c in exact} == {1, 2, 3, 4}
    assert {c.none for c in exact} == {(), ("ys",), ("h_T",)}
    assert {c.absent for c in exact} == {(), ("h_0",)}


def test_every_choice_of_options_occurs_in_both_lists():
    from manual.recurrent.gru import gru
    from reference.recurrent.gru import gru as reference

    declaration = Subject("gru", gru, reference).declaration
    for cases in (list_numeric_cases(declaration), list_exact_cases(declaration)):
        assert len({tuple(sorted(c.options.items())) for c in cases}) == 4


@pytest.mark.parametrize("mutants", [0, 5])
def test_mutation_is_a_check_of_an_examination(mutants):
    report = examine(subject(), cases=5, mutants=mutants)
    assert report.verdict == "proved"
    check = report.checks[-1]
    if not mutants:
        assert (check.name, check.status, report.mutation_score) == ("mutation", "not reached", None)
    else:
        assert (check.name, check.status, check.failed) == ("mutation", "passed", 0)
        assert len(report.mutation_score.results) == mutants < report.mutation_score.mutants
        assert report.mutation_score.score == 1.0


def test_a_survivor_fails_the_check_and_leaves_the_unit_unproved(monkeypatch):
    survivor = Mutant("small.py", 25, "drop operand", "", MutantOutcome("survived", reason="nothing saw it"))
    monkeypatch.setattr(
        "gradcheck.verification.conclusion.measure_mutation_score",
        lambda *_, **__: MutationScore("small", mutants=9, results=[survivor]),
    )
    report = examine(subject(), cases=5, mutants=1)
    assert (report.verdict, report.good, report.certificate) == ("agrees", True, None)
    assert (report.checks[-1].status, report.checks[-1].failed) == ("failed", 1)
    assert report.reason == "mutation: 1 of 1 planted faults not seen: small.py:25"


def test_without_source_the_check_does_not_apply_and_says_so():
    namespace = {}
    exec(compile(Path(small.__file__).read_text(), "nowhere.py", "exec"), namespace)
    report = examine(Subject("small", namespace["small"], small.small_reference), cases=5, mutants=5)
    assert "its source is not available" in next(iter(report.checks[-1].reasons))
    assert report.verdict == "agrees"
    assert report.reason == "reach of nowhere.py not known: its source is not available"
