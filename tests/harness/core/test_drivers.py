"""Whoever judges a unit, its report is that of `examine`: workers of `verify`, shares of pytest, a campaign.

A fault is planted in each driver, and is seen: a case that is counted twice, a step that is lost, words that are lost.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial

import numpy as np
import pytest

from gradcheck import discover, examine
from gradcheck.campaign.batch import FailedCase
from gradcheck.campaign.fingerprint import compute_digests
from gradcheck.campaign.tasks import UnitJob, shrink_batch_failure
from gradcheck.pytest_plugin.shares import divide_into_shares, judge_share, merge_shares
from gradcheck.verdict.report import Report
from gradcheck.verdict.tally import Tally
from gradcheck.verification import conclusion, judge, unit_schedule
from gradcheck.verification.scheduler import judge_units
from gradcheck.verification.settings import Settings
from tests.pytest_plugin.projects import write_project, write_unit

GIVEN = {"cases": 110, "seed": 3}
ITS_OWN = {"seconds", "cause", "printed"}
"""What differs between processes: times, what was raised, and what the unit printed, which workers alone keep."""
SLOPES = {
    "right": "2",
    "wrong": "2.0001",
    "late": "(2 + 0.001 * (str(x.shape) == '(3, 8)'))",
    "raising": "np.array([2])[len(x) // 5]",
    "odd": "2",
    "rough": "2",
    "foreign": "2",
}
DUE = {
    "right": "proved",
    "wrong": "wrong",
    "late": "wrong",
    "raising": "wrong",
    "odd": "bad declaration",
    "rough": "imprecise",
    "foreign": "proved",
}
FOREIGN = """
def forward(x):
    return x * x, x

def pull(d, x):
    return 2 * d * x

def foreign(x: Float[np.ndarray, "T B"]) -> Output: ...

foreign = adapt_pair(forward, pull, foreign, copy=True)
"""


def edit(file, *edits):
    text = file.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """By name, a unit for each verdict, one that is wrong late, and one of which there is something to note."""
    root = tmp_path_factory.mktemp("units")
    write_project(root)
    for name, slope in SLOPES.items():
        write_unit(root, name, slope)
    manual, reference = root / "manual", root / "reference"
    edit(manual / "odd.py", ("lambda d: {", "lambda d: {'z': x, "))
    edit(manual / "rough.py", ("x * x", "np.log(1 + 1e-4 * x * x)"), ("2 * x", "2e-4 * x / (1 + 1e-4 * x * x)"))
    edit(reference / "rough.py", ("x * x", "(1e-4 * x * x).log1p()"))
    head = (manual / "foreign.py").read_text().partition("def ")[0]
    (manual / "foreign.py").write_text(f"from gradcheck import adapt_pair\n{head}{FOREIGN}")
    return {pair.name: pair for pair in discover(root) if pair.name in SLOPES}


@pytest.fixture(scope="module")
def reports(pairs):
    """As one process makes them."""
    return {name: examine(pair.load(), **GIVEN) for name, pair in pairs.items()}


def judge_in_workers(pairs, workers=2):
    found = judge_units([*pairs.values()], Settings(**GIVEN), workers, timeout=300.0)
    return {report.name: report for _, report in found}


def judge_in_shares(pairs, some=slice(None, None, -1)):
    """The last share first, as workers of pytest may; or only some of them."""
    result = {}
    for name, pair in pairs.items():
        judged = {share: judge_share(pair, share, GIVEN) for share in divide_into_shares(GIVEN["cases"])[some]}
        tallies = {step: tally for _, found in judged.values() for step, tally in found.items()}
        result[name] = merge_shares(pair, {share: report for share, (report, _) in judged.items()}, tallies, GIVEN)
    return result


DRIVERS = {
    "1 worker": partial(judge_in_workers, workers=1),
    "2 workers": judge_in_workers,
    "3 workers": partial(judge_in_workers, workers=3),
    "shares": judge_in_shares,
}


def plain(value):
    """What can be compared, whatever the value is made of, without times."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.name not in ITS_OWN}
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.tolist() if isinstance(value, np.ndarray) else value if isinstance(value, int | float) else str(value)


def assert_same_reports(found, due):
    assert found.keys() == due.keys()
    for name, report in due.items():
        for field in (field.name for field in fields(Report) if field.name not in ITS_OWN):
            assert plain(getattr(found[name], field)) == plain(getattr(report, field)), f"{name}: {field}"


def test_there_is_a_unit_for_each_verdict(reports):
    assert {name: report.verdict for name, report in reports.items()} == DUE
    assert reports["late"].smallest
    assert 50 < reports["late"].cases <= 100, "it is found in the second share"
    assert reports["foreign"].notes
    assert reports["wrong"].diagnosis


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_every_driver_makes_the_report_of_one_process(pairs, reports, driver):
    assert_same_reports(driver(pairs), reports)


@pytest.mark.parametrize(("name", "verdict"), [("right", "agrees"), ("rough", "imprecise"), ("wrong", "wrong")])
def test_without_one_of_its_shares_a_unit_is_not_proved(pairs, name, verdict):
    report = judge_in_shares({name: pairs[name]}, slice(1, None))[name]
    assert (report.verdict, report.certificate) == (verdict, None)
    note = "1 of its 4 shares were not judged"
    assert (note in report.notes) == report.reason.endswith(note) == report.good


def test_faults_are_planted_alike_in_one_process_and_in_workers(pairs):
    some, settings = {"right": pairs["right"]}, Settings(**GIVEN, mutants=3)
    alone = examine(pairs["right"].load(), **GIVEN, mutants=3)
    [(_, report)] = judge_units([*some.values()], settings, 2, timeout=300.0)
    assert len(alone.mutation_score.results) == 3
    assert_same_reports({"right": report}, {"right": alone})


def shrink_in_a_campaign(pair):
    """Of the case at which `examine` stops."""
    tally = judge.add_up(judge.judge_steps(pair.load(), Settings(**GIVEN)))
    job = UnitJob(pair, GIVEN["seed"], tuple(compute_digests([pair]).items()))
    return shrink_batch_failure(job, FailedCase(str(tally.failure.case), tally.failure.failed, "wrong", ""))


FOUND = ("verdict", "failure", "smallest", "diagnosis", "rerun_command", "message")


@pytest.mark.parametrize("name", ["late", "raising"])
def test_a_campaign_shrinks_and_explains_a_failure_as_one_process_does(pairs, reports, name):
    found = shrink_in_a_campaign(pairs[name])
    assert {f: plain(getattr(found, f)) for f in FOUND} == {f: plain(getattr(reports[name], f)) for f in FOUND}


def count_twice(monkeypatch):
    """The first step of a unit is added once more."""
    add_up = judge.add_up

    def add_up_twice(tallies):
        whole = add_up(tallies)
        return whole + replace(next(iter(tallies.values())), failure=None)

    for module in (judge, unit_schedule):
        monkeypatch.setattr(module, "add_up", add_up_twice)


def lose_exact_cases(monkeypatch):
    """One step of the sum."""
    add_up = judge.add_up
    for module in (judge, unit_schedule):
        monkeypatch.setattr(
            module, "add_up", lambda tallies: add_up({step: tallies[step] for step in tallies if step != "exact"})
        )


def lose_imprecise(monkeypatch):
    """One field of the sum."""
    add = Tally.__add__
    monkeypatch.setattr(Tally, "__add__", lambda one, other: replace(add(one, other), imprecise={}))


def lose_notes(monkeypatch):
    monkeypatch.setattr(conclusion, "start_report", lambda subject: Report(subject.name, subject.derivation))


def shrink_nothing(monkeypatch):
    monkeypatch.setattr(conclusion, "shrink_failure", lambda subject, failure: failure)


FAULTS = {
    count_twice: "right: checks",
    lose_exact_cases: "right: verdict",
    lose_imprecise: "rough: verdict",
    lose_notes: "foreign: notes",
    shrink_nothing: "late: ",
}


@pytest.mark.parametrize("driver", ["2 workers", "shares"])
@pytest.mark.parametrize(("fault", "seen"), FAULTS.items(), ids=lambda part: getattr(part, "__name__", ""))
def test_a_fault_of_a_driver_is_seen(pairs, reports, monkeypatch, driver, fault, seen):
    name = seen.partition(":")[0]
    fault(monkeypatch)
    found = DRIVERS[driver]({name: pairs[name]})
    with pytest.raises(AssertionError, match=seen):
        assert_same_reports(found, {name: reports[name]})


def test_a_campaign_that_does_not_shrink_is_seen(pairs, reports, monkeypatch):
    shrink_nothing(monkeypatch)
    assert shrink_in_a_campaign(pairs["late"]).smallest != reports["late"].smallest
