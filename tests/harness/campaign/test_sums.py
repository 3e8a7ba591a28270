"""A campaign finds the same, however it is divided into batches, and in whatever order they are judged."""

import json
from dataclasses import MISSING, asdict, fields, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Subject, UnitFiles
from gradcheck.campaign import judging
from gradcheck.campaign.batch import MAX_CLOSEST_CALLS, Batch, BatchResult, CloseCall, FailedCase
from gradcheck.campaign.store import CampaignStore
from gradcheck.campaign.summary import UnitTotals
from gradcheck.records import fill, format_json
from gradcheck.unit.discovery import UsageError
from tests.harness import elman, elman_reference
from tests.harness.core.results import NUMERIC

PAIR = UnitFiles("unit", None, None, "gradcheck verify unit")
SUBJECT = Subject("unit", elman.elman, elman_reference.elman)
FULL = BatchResult(
    Batch("unit", "drawn", 5, 4),
    cases=4,
    skipped=2,
    passed=3,
    ratio_sum=1.5,
    closest_calls=[CloseCall(0.75, "normal", "T=1,seed=5")],
    failed=1,
    failures=[FailedCase("T=2,seed=7", "gradients", "wrong", "unit dx is wrong")],
    seconds=2.5,
)
"""A value other than the default in every field; one that is new needs one too."""
COUNTED = [field for field in fields(BatchResult) if field.name != "batch"]
BY_FIELD = pytest.mark.parametrize("field", COUNTED, ids=lambda field: field.name)


def default(field):
    return field.default if field.default_factory is MISSING else field.default_factory()


def total(*results):
    whole = UnitTotals(PAIR)
    whole.add(results)
    return asdict(whole)


def judge_batches(results, ends):
    """The batches that end before these numbers, the cases of which have these results."""
    found, by_case = [], {str(result.case): result for result in results}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "judge_case", lambda subject, case, checks: by_case[str(case)])
        for first, end in pairwise([0, *sorted(ends), len(results)]):
            judge = judging.BatchJudge(SUBJECT, BatchResult(Batch("unit", "drawn", first, end - first)))
            for result in results[first:end]:
                judge.judge(result.case)
            found.append(judge.finish_batch(0.0))
    return found


MANY = st.lists(NUMERIC, max_size=40, unique_by=lambda result: str(result.case))


@given(MANY, st.lists(st.integers(0, 40), max_size=4), st.randoms())
def test_any_division_in_any_order_gives_the_same(results, ends, dice):
    batches = judge_batches(results, [min(end, len(results)) for end in ends])
    dice.shuffle(batches)
    assert total(*batches) == total(*judge_batches(results, []))


@given(MANY)
def test_a_batch_counts_every_case(results):
    [found] = judge_batches(results, [])
    failed = [result for result in results if result.failed]
    passed = [result for result in results if not result.failed and not result.skipped]
    assert (found.passed, found.failed) == (len(passed), len(failed))
    assert (found.cases, found.skipped) == (len(passed) + len(failed), len(results) - len(passed) - len(failed))
    assert found.ratio_sum == sum(result.worst for result in passed)
    assert [fall.case for fall in found.failures] == [str(result.case) for result in failed][:MAX_CLOSEST_CALLS]
    worst = max((result.worst for result in passed), default=None)
    assert (found.closest_calls[0].ratio if found.closest_calls else None) == worst


@BY_FIELD
def test_the_example_has_every_field(field):
    assert getattr(FULL, field.name) != default(field), f"give the example a {field.name}"


@BY_FIELD
def test_a_total_shows_every_field_of_a_batch(field):
    """So that one who loses it in the sum is seen."""
    assert total(FULL) == total(BatchResult(FULL.batch), FULL) != total(replace(FULL, **{field.name: default(field)}))


def test_a_batch_is_written_and_read_whole():
    again = fill(json.loads(format_json(FULL)), BatchResult)
    assert [getattr(again, field.name) for field in fields(again)] == [
        getattr(FULL, field.name) for field in fields(FULL)
    ]


def test_a_batch_that_is_counted_twice_is_seen():
    once, twice = total(FULL), total(FULL, FULL)
    counts = ("cases", "passed", "ratios", "skipped", "failed", "seconds")
    assert not [name for name in counts if once[name] == twice[name]]


@pytest.mark.parametrize("first", [5, 8])
def test_a_folder_that_has_a_case_twice_says_so(tmp_path, first):
    with CampaignStore(tmp_path, 0, ["unit"], {}) as store:
        store.append_result(FULL)
        store.append_result(replace(FULL, batch=Batch("unit", "drawn", 9, 4)))
        store.append_result(replace(FULL, batch=Batch("unit", "guided", 5, 4)))
        store.append_result(replace(FULL, batch=Batch("other", "drawn", 5, 4)))
    with CampaignStore(tmp_path, 0, ["unit"], {}) as store:
        assert len(store.results) == 4
        store.append_result(replace(FULL, batch=Batch("unit", "drawn", first, 1)))
    with pytest.raises(UsageError, match=f"unit: the drawn case {first} is there twice; remove one of the two lines"):
        CampaignStore(tmp_path, 0, ["unit"], {})
