"""Guided search goes where the error over tolerance is larger than in cases that are drawn."""

from gradcheck import Subject
from gradcheck.campaign.batch import GUIDED_RUN_CASES, Batch, BatchResult
from gradcheck.campaign.guided import search_cases
from gradcheck.campaign.tasks import BatchJudge, judge_random_case
from tests.harness.mutation import small


def judging():
    return BatchJudge(Subject("small", small.small, small.small_reference), BatchResult(Batch("small", "drawn", 0, 1)))


def test_it_raises_the_mean_error_over_tolerance():
    drawn, guided = judging(), judging()
    for number in range(3 * GUIDED_RUN_CASES):
        judge_random_case(drawn, 0, number)
    for seed in range(3):
        search_cases(guided, seed, 0)
    assert drawn.found.cases == guided.found.cases == 3 * GUIDED_RUN_CASES
    assert drawn.found.failed == guided.found.failed == 0
    assert guided.found.ratio_sum > drawn.found.ratio_sum
