"""What is judged depends on the seed and the number of cases alone; it is judged once, whatever ends the campaign."""

import contextlib
import dataclasses
import json
import math

import pytest

from gradcheck.campaign import plan
from gradcheck.campaign import tasks as work
from gradcheck.campaign.driver import CampaignDriver
from gradcheck.campaign.fingerprint import compute_digests
from gradcheck.campaign.plan import CampaignPlan
from gradcheck.campaign.store import CampaignStore
from gradcheck.campaign.summary import sum_by_unit
from gradcheck.records import fill, to_json_value
from gradcheck.records.campaigns import UnitTotalsRecord
from gradcheck.unit.discovery import UsageError
from tests.harness.campaign.hands import Hands, Killed
from tests.harness.campaign.projects import WRONG, write

CASES = 60


@pytest.fixture(autouse=True)
def few_guided(monkeypatch):
    """Guided runs of ten cases, so that there are some."""
    from gradcheck.campaign import batch, guided

    for module in (batch, plan):
        monkeypatch.setattr(module, "GUIDED_RUN_CASES", 10)
    monkeypatch.setattr(
        guided, "SEARCH_SETTINGS", guided.SEARCH_SETTINGS.__class__(guided.SEARCH_SETTINGS, max_examples=10)
    )
    monkeypatch.setattr(plan, "FIRST_BATCH_SIZE", {"drawn": 5, "guided": 1})
    monkeypatch.setattr(plan, "BATCH_SECONDS", 0.03)


def start(folder, pair, hands, cases=CASES, seed=3, deadline=math.inf):
    """The total of the unit; None where it was killed."""
    found = compute_digests([pair])
    with CampaignStore(folder, seed, [pair.name], found) as store:
        driver = CampaignDriver([pair], seed, found, store)
        with contextlib.suppress(Killed):
            driver.judge_plan(
                CampaignPlan([pair.name], cases, store.results), hands, deadline, lambda *_: None, lambda: None
            )
            driver.shrink_failures(hands, lambda *_: None, lambda: None)
            return sum_by_unit([pair], store, driver.errors)[0]
    return None


def outcome(total):
    """All that does not depend on the clock, or on the modules that are loaded, as guided search does."""
    found = to_json_value(fill(total, UnitTotalsRecord))
    return [found[key] for key in ("name", "cases", "skipped", "failed", "error")], total.cases, total.passed["drawn"]


def lines(folder):
    return [json.loads(line) for line in (folder / "found.jsonl").read_text().splitlines()]


def test_killed_again_and_again_it_judges_the_same_cases_each_once(tmp_path):
    pair = write(tmp_path)
    whole = start(tmp_path / "whole", pair, Hands())
    total, starts = None, 0
    while total is None:
        total, starts = start(tmp_path / "killed", pair, Hands(workers=3, tasks=2)), starts + 1
        with (tmp_path / "killed" / "found.jsonl").open("a") as file:
            file.write('{"unit": "small", "ki')  # as a kill while it is written leaves it
    assert starts > 2
    assert (total.judged, outcome(total)) == (CASES, outcome(whole))
    assert total.ratios["drawn"] == pytest.approx(whole.ratios["drawn"], rel=1e-12)
    (tmp_path / "killed" / "found.jsonl").write_text((tmp_path / "killed" / "found.jsonl").read_text()[:-21])
    for kind, items in (("drawn", 50), ("guided", 1)):
        numbers = [
            n
            for b in (line["batch"] for line in lines(tmp_path / "killed"))
            if b["kind"] == kind
            for n in range(b["first"], b["first"] + b["count"])
        ]
        assert sorted(numbers) == [*range(items)]


def test_more_cases_go_on_from_fewer(tmp_path):
    pair = write(tmp_path)
    assert start(tmp_path / "out", pair, Hands(), cases=30).judged == 30
    before = lines(tmp_path / "out")
    assert start(tmp_path / "out", pair, Hands()).judged == CASES
    assert lines(tmp_path / "out")[: len(before)] == before


def test_no_batch_is_given_out_after_the_deadline(tmp_path):
    assert start(tmp_path / "out", write(tmp_path), Hands(), deadline=0.0).judged == 0


def test_a_wrong_unit_is_told_with_the_smallest_case_and_how_to_see_it_again(tmp_path):
    pair = write(tmp_path, WRONG)
    total = start(tmp_path / "out", pair, Hands())
    assert (total.exit_code, total.judged) == (1, CASES)
    assert 0 < total.failed < CASES
    assert {(f.failed_check, f.verdict) for f in total.failures} == {("gradients", "wrong")}
    [message] = total.messages
    assert message.startswith("small dx[")
    assert f"rerun      {pair.rerun_command} --case T=31,B=1,seed=" in message
    assert start(tmp_path / "out", pair, Hands(tasks=0)).messages == [message]


def test_the_closest_calls_hold_the_worst_of_every_regime(tmp_path):
    total = start(tmp_path / "out", write(tmp_path), Hands())
    judging = work.BatchJudge(write(tmp_path).load(), work.BatchResult(work.Batch("small", "drawn", 0, 50)))
    for number in range(50):
        work.judge_random_case(judging, 3, number)
    found = judging.calls
    for scale in ("normal", "saturated", "long"):
        worst = max(call.ratio for call in found if call.scale == scale)
        assert max(call.ratio for call in total.closest if call.scale == scale) >= worst > 0


def test_a_unit_that_does_not_load_is_given_up_and_says_why(tmp_path):
    pair = write(tmp_path, ("def small(", "def smell("))
    total = start(tmp_path / "out", pair, Hands())
    assert (total.exit_code, total.judged) == (2, 0)
    assert "small.py: it has no function small; define" in total.messages[0]


class KilledWorker(Exception):
    """As dask's: a task has ended several workers."""


def test_a_unit_that_ends_its_workers_is_given_up_and_says_where(tmp_path):
    class Fatal(Hands):
        def submit(self, task, work, *arguments):
            self.given.append((task, self.die, arguments))

        def die(self, *_):
            raise KilledWorker

    total = start(tmp_path / "out", write(tmp_path), Fatal())
    assert (total.exit_code, total.judged) == (2, 0)
    assert total.messages[0].startswith("small: it ended its worker process, or did not finish, at ")


def test_a_defect_of_gradcheck_gives_up_the_unit_and_is_told(tmp_path, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("gradcheck.verification.judge.run_check", fail)
    total = start(tmp_path / "out", write(tmp_path), Hands())
    assert (total.exit_code, total.judged) == (2, 0)
    assert total.messages[0].startswith("small: a defect of gradcheck ended the judging (ZeroDivisionError: planted)")


def test_a_batch_that_waited_behind_a_fatal_one_is_judged_all_the_same(tmp_path):
    class Unlucky(Hands):
        def collect(self, seconds):
            taken = super().collect(seconds)
            return taken if self.tasks < 10**6 - 1 else [(taken[0][0], KilledWorker())]

    total = start(tmp_path / "out", write(tmp_path), Unlucky())
    assert (total.exit_code, total.judged) == (0, CASES)


def test_a_worker_with_other_files_ends_the_campaign(tmp_path):
    pair = write(tmp_path)
    with CampaignStore(tmp_path / "out", 0, ["small"], {}) as store:
        driver = CampaignDriver([pair], 0, {"files of rooms": "0123"}, store)
        with pytest.raises(UsageError, match=r"a worker has other files: files of rooms \(0123, now "):
            driver.judge_plan(CampaignPlan(["small"], 5, []), Hands(), math.inf, lambda *_: None, lambda: None)


def test_a_folder_is_for_one_campaign_at_a_time_and_for_the_same_one(tmp_path):
    pair, out = write(tmp_path), tmp_path / "out"
    start(out, pair, Hands(), cases=8)
    with (
        CampaignStore(out, 3, ["small"], compute_digests([pair])),
        pytest.raises(UsageError, match="another campaign is running in it; stop"),
    ):
        start(out, pair, Hands())
    with pytest.raises(
        UsageError, match=r"it holds another campaign: seed \(3, now 4\); use the same units, files and seed, or name"
    ):
        start(out, pair, Hands(), seed=4)
    with pytest.raises(UsageError, match=r"it holds another campaign: files of rooms \(.*, now .*\); "):
        start(out, write(tmp_path, WRONG), Hands())


def test_a_damaged_line_is_not_passed_over(tmp_path):
    pair, out = write(tmp_path), tmp_path / "out"
    start(out, pair, Hands(), cases=20)
    text = (out / "found.jsonl").read_text()
    (out / "found.jsonl").write_text("{" + text)
    with pytest.raises(UsageError, match=r"found\.jsonl: it is damaged \(.*; take another folder"):
        start(out, pair, Hands())


def test_batches_grow_to_the_time_that_they_should_take_and_units_come_on_evenly():
    long = CampaignPlan(["slow", "fast"], 2000, [])
    cost, done = {"slow": 0.01, "fast": 0.001}, dict.fromkeys(("slow", "fast"), 0)
    sizes = {"slow": [], "fast": []}
    while (batch := long.next_batch()) is not None:
        seconds = cost[batch.unit] * batch.expected
        long.record_result(dataclasses.replace(work.BatchResult(batch), seconds=seconds))
        done[batch.unit] += batch.expected
        sizes[batch.unit].append(batch.count)
        assert abs(done["slow"] - done["fast"]) <= 60
    assert done == {"slow": 1000, "fast": 1000}
    assert (sizes["slow"][2], sizes["fast"][2]) == (3, 30)
