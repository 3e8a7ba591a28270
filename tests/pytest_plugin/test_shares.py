"""A unit judged on many cases is several tests, whose reports make up the one that it has as a whole."""

from collections import Counter

import pytest

import gradcheck
from gradcheck.cases.batches import BATCH_SIZE as RANGE
from gradcheck.pytest_plugin.shares import SHARE_SIZE, divide_into_shares, share_settings
from gradcheck.verification.settings import Settings
from tests.harness.reports import as_json
from tests.harness.schemas import read_valid
from tests.pytest_plugin.test_verdicts import section, timeless

CASES = 2 * SHARE_SIZE + 10
SHARES = ["1-50", "51-100", "101-110", "exact"]
OPTIONS = ("--gradcheck-cases", CASES, "--gradcheck-seed", 3, "--gradcheck-report", "units.json", "-ra")
CONFTEST = """
import pytest
def pytest_collection_modifyitems(items):
    for item in items: item.add_marker(pytest.mark.gradcheck(cases={cases}))
"""
WORKERS = """
from gradcheck.pytest_plugin.units import FAILED_UNIT
def pytest_runtest_teardown(item):
    if FAILED_UNIT in item.parent.stash: del item.parent.stash[FAILED_UNIT]
"""


@pytest.fixture
def late(project):
    """The unit square, wrong at one size alone, which is drawn in the second share; no number in it says which."""
    file = project / "manual" / "square.py"
    file.write_text(file.read_text().replace("2 * x", "(2 + 0.001 * (str(x.shape) == '(3, 8)')) * x"))
    report = verified(project)
    assert SHARE_SIZE < report.cases <= 2 * SHARE_SIZE
    return report


def verified(project):
    (pair,) = [pair for pair in gradcheck.discover(project) if pair.name == "square"]
    return gradcheck.verify([pair.load()], cases=CASES, seed=3)[0]


def unit(project):
    (found,) = read_valid((project / "units.json").read_text())["units"]
    return found


def test_shares_are_made_of_whole_ranges():
    assert SHARE_SIZE % RANGE == 0
    assert [share.name for share in divide_into_shares(CASES)] == SHARES
    assert divide_into_shares(SHARE_SIZE) == []


@pytest.mark.parametrize("cases", [51, 75, 100, CASES, 999])
def test_shares_have_together_every_step_of_the_unit_once(cases):
    steps = [step for share in divide_into_shares(cases) for step in share_settings(share, cases, 3).steps]
    assert steps == Settings(cases, 3).steps


def test_shares_find_together_what_the_whole_unit_shows(project, run):
    done = run("manual/square.py::square", *OPTIONS, "-v")
    done.assert_outcomes(passed=len(SHARES))
    done.stdout.fnmatch_lines([f"manual/square.py::square[[]{name}] PASSED*" for name in SHARES])
    assert timeless(unit(project)) == timeless(as_json(verified(project)))
    assert unit(project)["verdict"] == "proved"


def test_workers_divide_the_shares_of_a_unit_and_judge_it_as_one_process_does(project, pytester):
    done = pytester.runpytest_subprocess("-n", "2", "-v", "manual/square.py::square", *map(str, OPTIONS))
    busy = Counter(line.split()[0] for line in done.outlines if "PASSED" in line)
    assert busy == {"[gw0]": 2, "[gw1]": 2}
    assert timeless(unit(project)) == timeless(as_json(verified(project)))


@pytest.mark.parametrize("apart", [False, True])
def test_a_case_that_falls_late_fails_its_share_with_the_message_of_the_unit(late, project, run, apart):
    """Where each share has a worker of its own, none knows that another failed."""
    if apart:
        (project / "conftest.py").write_text(WORKERS)
    done = run("-k", "square", *OPTIONS)
    done.assert_outcomes(failed=1, deselected=4, **({"passed": 3} if apart else {"passed": 1, "skipped": 2}))
    failed = [line for line in done.outlines if line.startswith("FAILED")]
    assert failed[0] == f"FAILED manual/square.py::square[51-100] - {late.message.partition(chr(10))[0]}"
    assert timeless(unit(project)) == timeless(as_json(late))
    again = f"  pytest manual/square.py::square --gradcheck-case {late.smallest}"
    assert section(done).count(again) == 1
    assert section(done)[-1].startswith("1 unit: 1 wrong, ")
    run(*again.split()[1:]).assert_outcomes(failed=1)


@pytest.mark.parametrize(("name", "verdict"), [("1-50", "agrees"), ("exact", "agrees"), ("51-100", "wrong")])
def test_a_share_alone_is_never_proof(late, project, run, name, verdict):
    done = run(f"manual/square.py::square[{name}]", *OPTIONS)
    assert (unit(project)["verdict"], unit(project)["certificate"]) == (verdict, None)
    if verdict == "agrees":
        done.stdout.fnmatch_lines(["square: 3 of its 4 shares were not judged"])


@pytest.mark.parametrize(("cases", "judged"), [(20, 20), (60, 60), (130, 130)])
def test_a_marker_may_ask_for_fewer_or_more(project, run, cases, judged):
    (project / "conftest.py").write_text(CONFTEST.format(cases=cases))
    run("manual/square.py", *OPTIONS[2:])
    assert unit(project)["cases"] == judged
