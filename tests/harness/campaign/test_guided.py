"""Guided search goes where the error over tolerance is larger than in cases that are drawn."""

from gradcheck import Subject
from gradcheck.campaign.batch import RUN, Batch, Found
from gradcheck.campaign.guided import search
from gradcheck.campaign.tasks import Judging, draw
from tests.harness.teeth import small


def judging():
    return Judging(Subject("small", small.small, small.small_reference), Found(Batch("small", "drawn", 0, 1)))


def test_it_raises_the_mean_error_over_tolerance():
    drawn, guided = judging(), judging()
    for number in range(3 * RUN):
        draw(drawn, 0, number)
    for seed in range(3):
        search(guided, seed, 0)
    assert drawn.found.cases == guided.found.cases == 3 * RUN
    assert drawn.found.fell == guided.found.fell == 0
    assert guided.found.total > drawn.found.total
