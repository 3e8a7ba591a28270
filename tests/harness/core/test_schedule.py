"""The steps of a unit are each given out once, and those that count are counted once, whichever worker is faster."""

import random
from collections import Counter
from contextlib import nullcontext
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gradcheck import Case, UnitFiles
from gradcheck.verdict.report import Report
from gradcheck.verdict.tally import Tally
from gradcheck.verification.settings import Settings
from gradcheck.verification.unit_schedule import StepResult, UnitSchedule
from tests.harness.core.results import RESULTS, make_numeric_result, note_all
from tests.harness.core.test_sums import assert_same

STEPS = Settings(75).steps
TALLIES = st.lists(RESULTS.map(note_all), min_size=len(STEPS), max_size=len(STEPS))


def run_schedule(schedule, tallies, choose):
    """Give out tasks and take them back, the next of which is chosen; what was given out."""
    given_out, waiting = [], []
    while schedule.report is None:
        chosen = choose(len(waiting))
        if schedule.ready and chosen == len(waiting):
            waiting.append(schedule.next(1))
            given_out.append(waiting[-1])
        elif schedule.wants(task := waiting.pop(min(chosen, len(waiting) - 1))):
            report = Report("unit")
            schedule.take(task, StepResult(tallies[task.step], report) if task.whole is None else report, None, "")
    return given_out


def assert_counted_once(kind, tallies, choose):
    schedule = kind(0, UnitFiles("unit", None, None, "gradcheck verify unit"), STEPS, 60.0)
    given_out = run_schedule(schedule, tallies, choose)
    failed = [step for step, tally in enumerate(tallies) if tally.failure is not None]
    counted = tallies[: failed[0] + 1] if failed else tallies
    times = Counter(task.step for task in given_out)
    assert set(times.values()) == {1}
    assert set(range(len(counted))) <= set(times)
    [whole] = [task.whole for task in given_out if task.whole is not None]
    assert_same(whole, sum(counted, Tally()))


@given(TALLIES, st.data())
def test_the_sum_is_that_of_the_steps_in_order_up_to_the_first_that_fails(tallies, data):
    assume(any(tally.cases for tally in tallies[:-1]))  # without a numeric case, the exact ones do not count
    assert_counted_once(UnitSchedule, tallies, lambda last: data.draw(st.integers(0, last)))


class TakenTwice(UnitSchedule):
    """Takes the first result for the second step too."""

    def take(self, task, result, *rest):
        super().take(task, result, *rest)
        if task.step == 0:
            self.results[1] = result


class GivenTwice(UnitSchedule):
    """Gives out the first step again after the last."""

    def next(self, free):
        if self.given == len(STEPS) - 1 and not self.results:
            self.given = 0
        return super().next(free)


class Lossy(UnitSchedule):
    """Leaves out the last step."""

    @property
    def whole(self):
        return sum((result.tally for result in self.in_order[:2]), Tally())


class Hasty(UnitSchedule):
    """Counts what comes first, in that order."""

    @property
    def whole(self):
        return sum((result.tally for result in self.results.values()), Tally())


def judged(*numbers, failed=False):
    cases = [Case({"T": number, "B": 1}, number) for number in numbers]
    return note_all([make_numeric_result(case, (), "failed" if failed else "passed") for case in cases])


@pytest.mark.parametrize("fault", [TakenTwice, GivenTwice, Lossy, Hasty])
def test_a_schedule_that_counts_wrong_is_seen(fault):
    failing = [judged(1), judged(2, 3, failed=True), judged(4, failed=True), judged(5)]
    passing = [judged(1), judged(2), judged(3), judged(4)]
    for kind, due in ((UnitSchedule, nullcontext()), (fault, pytest.raises(AssertionError))):
        choose = partial(random.Random(0).randint, 0)
        with due:
            for some in [failing, passing] * 20:
                assert_counted_once(kind, some, choose)
