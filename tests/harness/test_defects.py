"""A defect of gradcheck, met while it judges a unit, is that unit's verdict: the others are judged, and it is told."""

import os
import sys

import numpy as np
import pytest

from gradcheck import Subject, check, examine, prove
from gradcheck.execution.run import call_unit
from gradcheck.unit.discovery import discover
from gradcheck.verification import conclusion, judge
from gradcheck.verification.api import attempt
from tests.harness import elman, elman_reference
from tests.harness.plant import planted
from tests.harness.test_bad_input import run, write

WHAT = (
    "a defect of gradcheck ended the judging (ZeroDivisionError: planted); report it, with these lines and the unit's"
)


def fail(*_, **__):
    raise ZeroDivisionError("planted")


def fails_for(name, action):
    """Wrap a function of gradcheck so that it fails for one unit."""

    def wrapped(run, *rest, **named):
        return fail() if run.subject.name == name else action(run, *rest, **named)

    return wrapped


@pytest.fixture
def broken(monkeypatch):
    """A check that raises what it should not, for the unit `b`."""
    monkeypatch.setattr(judge, "run_check", fails_for("b", judge.run_check))


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("jobs", [1, 2])
def test_the_others_are_judged_and_the_defect_is_told(tmp_path, jobs):
    pass_it = ("", "pass")
    write(tmp_path, {"a": pass_it, "b": pass_it, "c": pass_it})
    code, out, err = run(tmp_path, "--cases", 2, "--no-exact", "-j", jobs, "--report", "report.html")
    assert (code, err) == (2, "")
    assert "3 units: 2 agrees, 1 not judged" in out
    assert f"\nb: {WHAT} two files\n  at         T=1 B=1 seed=0\n  rerun      gradcheck verify b --case T=1,B=1" in out
    assert "  versions   Python 3" in out
    assert "test_defects.py" in out
    assert "a defect of gradcheck" in (tmp_path / "report.html").read_text()


@pytest.mark.usefixtures("broken")
def test_in_one_process_too():
    for judged in (examine, prove):
        report = judged(Subject("b", elman.elman, elman_reference.elman), cases=1)
        assert (report.verdict, report.error) == ("not judged", f"b: {WHAT} two files")
    with pytest.raises(ZeroDivisionError, match="planted") as raised:
        check(elman.elman, elman_reference.elman, name="b", cases=1)
    assert WHAT in raised.value.__notes__[-1]


def test_what_fails_before_a_case_is_told_too(tmp_path, monkeypatch):
    (pair,) = discover(write(tmp_path, {"a": ("", "pass")}))
    monkeypatch.setattr("gradcheck.unit.subject.declare", fail)
    report = attempt(pair, examine)
    assert report.verdict == "not judged"
    assert report.message.startswith(f"a: {WHAT} two files\n  at         import\n  versions ")


def test_a_verdict_that_is_known_stands(monkeypatch):
    monkeypatch.setattr(conclusion, "shrink_failure", fail)
    report = examine(Subject("unit", planted(('"h_0": dh', '"h_0": 2 * dh')), elman_reference.elman), cases=20)
    assert report.verdict == "wrong"
    assert "not known  a smaller case, and where the fault lies (unit: a defect of gradcheck" in report.message
    assert "versions   Python 3" in report.notes[-1]


def test_a_function_of_numpy_that_the_unit_replaces_is_named_and_given_back(tmp_path, monkeypatch):
    monkeypatch.setattr(judge, "run_check", lambda *_: np.exp(0))
    exp = np.exp
    try:
        (pair,) = discover(write(tmp_path, {"a": ("np.exp = None", "pass")}))
        report = attempt(pair, examine)
        assert report.error.startswith("a: it replaces np.exp, which gradcheck uses too (TypeError: 'NoneType' object")
        assert np.exp is exp
    finally:
        np.exp = exp


class Wordless(Exception):
    def __str__(self):
        raise ValueError("no words")


def test_an_exception_without_words_is_told():
    def raise_it():
        raise Wordless

    with pytest.raises(Exception, match="forward raised Wordless: its text cannot be made: ValueError"):
        call_unit("unit", "forward", raise_it)


def test_a_child_that_the_unit_forks_ends_where_it_comes_back(tmp_path):
    process = os.getpid()
    child = call_unit("unit", "forward", os.fork)
    if os.getpid() != process:
        os._exit(9)  # which is what this test is to find
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(("units", "due"), [("ab", 1), ("b", 2), ("a", 1)])
def test_a_wrong_gradient_is_1_though_another_unit_cannot_be_judged(tmp_path, units, due):
    first = {"a": "return Output(2 * x), lambda d: {'x': 3 * (0 * x if d.y is None else d.y)}", "b": "os._exit(3)"}
    write(tmp_path, {name: ("", first[name]) for name in units})
    code, out, _ = run(tmp_path, "--cases", 2, "--no-exact", "-j", 1)
    assert code == due
    assert ("1 not judged" in out) == ("b" in units)


@pytest.mark.parametrize("command", ["prove", "diagnose"])
@pytest.mark.parametrize(
    ("first", "said"), [("while True: pass", "did not finish within 1 s"), ("os._exit(3)", "died")]
)
def test_the_other_commands_end_too(tmp_path, command, first, said):
    write(tmp_path, {"a": ("", first)})
    code, out, _ = run(tmp_path, "a", "--timeout", 1, command=command)
    assert (code, said in out) == (2, True)


def test_an_exception_outside_of_any_unit_exits_with_2_and_says_what_to_send(tmp_path, monkeypatch):
    monkeypatch.setattr("gradcheck.cli.verify.UnitDisplay", fail)
    code, _, err = run(write(tmp_path, {"a": ("", "pass")}))
    assert code == 2
    assert err.startswith("gradcheck verify: a defect of gradcheck ended the judging (ZeroDivisionError: planted)")


def test_a_limit_of_recursion_that_the_unit_sets_is_set_back():
    limit = sys.getrecursionlimit()
    call_unit("unit", "forward", lambda: sys.setrecursionlimit(limit - 100))
    assert sys.getrecursionlimit() == limit
