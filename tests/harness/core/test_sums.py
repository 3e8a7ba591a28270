"""A sum of results depends on the cases alone, not on how they were divided or in which order they came.

The laws are asked of every field that a class has, and for every field a sum that loses it is shown to break them.
"""

import pickle
from collections import Counter
from copy import deepcopy
from dataclasses import MISSING, fields, replace
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Case, Subject
from gradcheck.reach import Reach
from gradcheck.reach.point import Point
from gradcheck.verdict.case_result import CaseResult
from gradcheck.verdict.cover import Cover
from gradcheck.verdict.report import Report
from gradcheck.verdict.tally import CheckSummary, Tally, WorstRatio
from gradcheck.verification.conclusion import conclude, report_failure, start_report
from gradcheck.verification.settings import Settings
from tests.harness import elman, elman_reference
from tests.harness.core.results import (
    LAST,
    NAMES,
    NUMERIC,
    RESULTS,
    make_exact_result,
    make_numeric_result,
    make_proof,
    note_all,
)
from tests.harness.reports import as_json

CASE, OTHER = Case({"T": 1, "B": 1}, 4), Case({"T": 2, "B": 1}, 3)
WORST = WorstRatio(0.5, CASE, [0.25, 0.5])
SUMMARY = CheckSummary(
    NAMES[0], passed=3, failed=1, worst=0.5, reasons={"no law": 2}, tensors={"dx": WORST}, explanations={"a tie": 1}
)
POINT = Point("elman.py", 3, 0, "statement", "ran", "", 3, 9, (2, 0), (1, "elman"), None, "always")
REACH = Reach(
    frozenset([POINT, replace(POINT, line=4)]),
    frozenset([POINT]),
    frozenset([("elman.py", 1, "elman")]),
    frozenset(["elman.py"]),
    ("line 7 could not be watched",),
)
COVER = Cover({"T": (1, 2), "B": (1, 1)}, {"T": (3, 3)})
TALLY = Tally(
    cases=4,
    exact_cases=2,
    skipped=1,
    checks={**Tally().checks, NAMES[0]: SUMMARY},
    worst=0.5,
    worst_case=CASE,
    proofs=[make_proof(CASE)],
    failure=make_numeric_result(OTHER, (), "failed"),
    imprecise={str(CASE): "9 of 16 digits"},
    unjudged={"the unit does not take a size of 0": (2, CASE)},
    reach=REACH,
    cover=COVER,
)
"""A value other than the default in every field; one that is new needs one too."""


def add_worst_ratios(one, other):
    whole = WorstRatio()
    for some in (one, other):
        whole.note(some.ratio, some.case, some.steps)
    return whole


def add_summaries(one, other):
    whole = CheckSummary(one.name)
    for some in (one, other):
        whole.add(some)
    return whole


SUMS = {
    WorstRatio: (add_worst_ratios, WorstRatio(), WORST),
    CheckSummary: (add_summaries, CheckSummary(NAMES[0]), SUMMARY),
    Reach: (Reach.__add__, Reach(), REACH),
    Cover: (Cover.__add__, Cover(), COVER),
    Tally: (Tally.__add__, Tally(), TALLY),
}
SUMMED = [(kind, field) for kind in SUMS for field in fields(kind) if (kind, field.name) != (CheckSummary, "name")]
BY_NAME = pytest.mark.parametrize(
    ("kind", "field"), SUMMED, ids=lambda part: getattr(part, "__name__", None) or part.name
)


def default(field):
    return field.default if field.default_factory is MISSING else field.default_factory()


def assert_same(one, other):
    """Equal field by field: also where a class compares without one."""
    for field in fields(one):
        assert getattr(one, field.name) == getattr(other, field.name), field.name


def assert_sum(add, zero, one, other, third):
    """Addition has a zero, and goes in any order and grouping."""
    assert_same(add(one, zero), one)
    assert_same(add(zero, one), one)
    assert_same(add(one, other), add(other, one))
    assert_same(add(add(one, other), third), add(one, add(other, third)))


@BY_NAME
def test_the_example_has_every_field(kind, field):
    assert getattr(SUMS[kind][2], field.name) != default(field), f"give the example of {kind.__name__} a {field.name}"


@pytest.mark.parametrize("kind", SUMS)
def test_nothing_is_lost_where_nothing_is_added(kind):
    add, zero, example = SUMS[kind]
    assert_sum(add, zero, example, zero, zero)


@BY_NAME
def test_a_sum_that_loses_a_field_is_seen(kind, field):
    add, zero, example = SUMS[kind]

    def lossy(one, other):
        return replace(add(one, other), **{field.name: default(field)})

    with pytest.raises(AssertionError, match=field.name):
        assert_sum(lossy, zero, example, zero, zero)


@given(RESULTS, RESULTS, RESULTS)
def test_tallies_are_added_in_any_order(one, other, third):
    seen = {str(result.case) for result in one}
    other = [result for result in other if str(result.case) not in seen]
    seen |= {str(result.case) for result in other}
    third = [result for result in third if str(result.case) not in seen]
    assert_sum(Tally.__add__, Tally(), *map(note_all, (one, other, third)))


@given(RESULTS, st.data())
def test_any_division_of_the_cases_gives_the_tally_of_all(results, data):
    parts = [[] for _ in range(4)]
    for result in data.draw(st.permutations(results)):
        parts[data.draw(st.integers(0, 3))].append(result)
    assert_same(sum(map(note_all, parts), Tally()), note_all(results))


@given(st.lists(NUMERIC, min_size=1, max_size=8, unique_by=lambda result: str(result.case)))
def test_a_case_that_is_counted_twice_or_not_at_all_is_seen(results):
    """By the counts, which say that a case was judged, or was skipped: there is no third."""
    whole = note_all(results)
    for other in (results[1:], [results[0], *results]):
        sums = note_all(other)
        assert sums.cases + sums.skipped != whole.cases + whole.skipped == len(results)


@given(RESULTS)
def test_a_tally_counts_every_case(results):
    tally = note_all(results)
    numeric = [result for result in results if result.names != ["exact"]]
    failed = [result for result in results if result.failed]
    passed = [result for result in results if not result.failed and not result.skipped]
    assert tally.skipped == sum(bool(result.skipped) for result in results)
    assert tally.cases == len(numeric) - tally.skipped
    assert tally.exact_cases == len(tally.proofs) == len(results) - len(numeric)
    assert tally.worst == max((result.worst for result in passed), default=0.0)
    assert (tally.worst_case is None) == (not passed)
    assert tally.checks[LAST].failed == len(failed)
    assert tally.failure is min(
        failed, key=lambda result: (sum(result.case.sizes.values()), result.case.seed), default=None
    )
    said = [(result.case, check.outcome.imprecise) for result in results for check in result.results]
    assert tally.imprecise == {str(case): digits for case, digits in said if digits}


@given(RESULTS)
def test_a_tally_covers_the_sizes_of_the_cases_that_passed(results):
    tally = note_all(results)
    for exact, ranges in ((True, tally.cover.exact), (False, tally.cover.numeric)):
        passed = [r for r in results if (r.names == ["exact"]) == exact and not r.failed and not r.skipped]
        sizes = {letter: [r.case.sizes[letter] for r in passed] for letter in ("T", "B") if passed}
        assert ranges == {letter: (min(some), max(some)) for letter, some in sizes.items()}


@given(RESULTS)
def test_a_tally_counts_every_check(results):
    tally = note_all(results)
    for name, check in tally.checks.items():
        found = [each for result in results for each in result.results if each.name == name]
        outcomes = [each.outcome for each in found if not each.reason]
        assert check.passed == len(outcomes)
        assert check.worst == max((outcome.ratio for outcome in outcomes), default=0.0)
        assert check.reasons == Counter(each.reason for each in found if each.reason)
        assert check.explanations == Counter(o.explanation for o in outcomes if o.explanation)
        assert set(check.tensors) == {tensor for outcome in outcomes for tensor in outcome.compared}
        for tensor, worst in check.tensors.items():
            compared = [outcome.compared[tensor] for outcome in outcomes if tensor in outcome.compared]
            assert worst.ratio == max(each.ratio for each in compared)
            assert worst.steps == [max(some) for some in zip_longest(*(c.steps for c in compared), fillvalue=0.0)]


SUBJECT = Subject("elman", elman.elman, elman_reference.elman)
GOOD = replace(TALLY, failure=None)
SHOWN = {field.name: GOOD for field in fields(Tally)} | {"exact_cases": replace(GOOD, cases=0), "failure": TALLY}
"""A tally whose report shows the field."""


def report_on(tally):
    if tally.failure is not None:
        return report_failure(start_report(SUBJECT), tally, SUBJECT.command)
    return conclude(SUBJECT, tally, Settings(cases=4))


@pytest.mark.parametrize("field", fields(Tally), ids=lambda field: field.name)
def test_a_report_shows_every_field_of_a_tally(field):
    """So that one who loses it on the way, or forgets to tell it, is seen."""
    whole = SHOWN[field.name]
    lossy = replace(whole, **{field.name: default(field)})
    assert as_json(report_on(deepcopy(whole))) != as_json(report_on(lossy))
    assert as_json(report_on(whole)) == as_json(report_on(deepcopy(whole)))


@pytest.mark.parametrize("field", fields(CaseResult), ids=lambda field: field.name)
def test_the_result_of_a_case_is_sent_to_another_process_whole(field):
    """An exception has no equal, so its text is compared."""
    results = make_exact_result(CASE).results
    whole = replace(make_numeric_result(CASE, results, "failed"), skipped="rounding", unjudged="a refusal")
    sent = pickle.loads(pickle.dumps(whole))
    assert field.default is MISSING or getattr(whole, field.name) != field.default, "give the example one"
    assert str(getattr(sent, field.name)) == str(getattr(whole, field.name))


def test_a_report_is_sent_to_another_process_whole():
    whole = report_on(TALLY)
    sent = pickle.loads(pickle.dumps(whole))
    lost = [f.name for f in fields(Report) if str(getattr(sent, f.name)) != str(getattr(whole, f.name))]
    assert lost == ["cause"], "its traceback may hold what cannot be sent"
