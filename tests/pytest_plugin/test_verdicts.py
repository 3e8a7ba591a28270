"""What is judged, on which cases, and what is said of it."""

import json
from xml.etree import ElementTree

import pytest

import gradcheck
from gradcheck.records import SCHEMA
from tests.harness.reports import as_json
from tests.harness.schemas import read_valid

OWN = """
import pytest
from gradcheck import check
from manual.square import square
from manual.wrong import wrong
from reference.square import square as square_reference
from reference.wrong import wrong as wrong_reference

def test_plain():
    check(wrong, wrong_reference, cases=5)

@pytest.mark.gradcheck(cases=3)
def test_marked(gradcheck):
    assert gradcheck(square, square_reference).cases == 3
    assert gradcheck(square, square_reference, cases=2, seed=5).cases == 2

@pytest.mark.xfail(raises=AssertionError, strict=True)
def test_expected(gradcheck):
    gradcheck(wrong, wrong_reference)
"""


def timeless(content):
    """Units without their times, as JSON gives them."""
    return json.loads(json.dumps(content), object_hook=lambda d: {k: v for k, v in d.items() if k != "seconds"})


def section(done):
    lines = done.outlines
    (start,) = [k for k, line in enumerate(lines) if line.strip("= ") == "gradcheck"]
    (end,) = [k for k, line in enumerate(lines) if line.strip("= ") == "short test summary info"]
    return lines[start + 1 : end]


def test_each_unit_has_its_verdict(project, run, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "page.md"))
    options = ("--gradcheck-cases", 4, "--gradcheck-seed", 3, "--gradcheck-report", "units.json")
    done = run(*options, "--junitxml=junit.xml", "-ra")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        ["gradcheck 0.1.0, numpy *, torch *: 2 units, 4 cases each, seed 3, Hypothesis profile *"]
    )

    subjects = [pair.load() for pair in gradcheck.discover(project)]
    reports = gradcheck.verify(subjects, cases=4, seed=3)
    content = read_valid((project / "units.json").read_text())
    assert content["schema"] == SCHEMA
    assert content["interrupted"] is False
    assert content["units"][0]["certificate"] is not None
    assert timeless(content["units"]) == timeless([as_json(r) for r in reports])

    message = reports[1].message
    assert message.startswith("wrong dx[")
    failures = "\n".join(done.outlines)
    assert message in failures
    assert ".py:" not in failures[failures.index("= FAILURES =") : failures.index("= gradcheck =")].replace(
        "manual/wrong.py:", ""
    )
    assert f"FAILED manual/wrong.py::wrong - {message.partition(chr(10))[0]}" in done.outlines

    heading, square, wrong, *rest = section(done)
    assert heading.split() == ["unit", "checks", "cases", "skipped", "sizes", "to", "worst", "time", "verdict"]
    assert (square.split()[0], square.split()[-1]) == ("square", "proved")
    assert (wrong.split()[0], wrong.split()[-1]) == ("wrong", "wrong")
    assert rest[:-1] == [
        "",
        "square: check 'third party' did not apply: no third-party implementation is given",
        "",
        "wrong: next",
        "  pytest manual/wrong.py::wrong --gradcheck-case T=1,B=1,seed=0",
        "  gradcheck diagnose wrong --case T=1,B=1,seed=0",
        "",
    ]
    assert rest[-1].startswith("2 units: 1 proved, 1 wrong, 5 cases, ")

    page = (project / "page.md").read_text()
    assert page.startswith("## gradcheck\n\n| unit | checks |")
    assert "\n| square | 7/7 | 4 | 0 | " in page
    assert f"```text\n{message}\n```" in page

    cases = ElementTree.parse(project / "junit.xml").iter("testcase")
    found = {c.get("name"): {p.get("name"): p.get("value") for p in c.iter("property")} for c in cases}
    worst = f"{reports[0].worst:.3g}"
    assert found["square"] == {"gradcheck_verdict": "proved", "gradcheck_cases": "4", "gradcheck_worst": worst}
    assert found["wrong"]["gradcheck_verdict"] == "wrong"
    assert found["wrong"]["gradcheck_rerun"] == "gradcheck verify wrong --case T=1,B=1,seed=0"
    assert float(found["wrong"]["gradcheck_worst"]) == pytest.approx(reports[1].failure.ratio, rel=0.01)


def test_check_in_a_test_of_ones_own(project, run):
    (project / "test_own.py").write_text(OWN)
    done = run("test_own.py", "--gradcheck-report", "units.json", "-ra")
    done.assert_outcomes(passed=1, failed=1, xfailed=1)
    units = read_valid((project / "units.json").read_text())["units"]
    assert [(u["name"], u["verdict"], u["cases"]) for u in units] == [
        ("wrong", "wrong", 1),
        ("square", "proved", 3),
        ("square", "proved", 2),
        ("wrong", "wrong", 1),
    ]
    failures = "\n".join(done.outlines)
    failures = failures[failures.index("= FAILURES =") : failures.index("= gradcheck =")]
    assert ">       check(wrong, wrong_reference, cases=5)" in failures
    assert "checking.py" not in failures
    assert sum(line.endswith(": next") for line in section(done)) == 1
    assert '  gradcheck.check(wrong, wrong, case="T=1,B=1,seed=0")' in section(done)
    assert any(line.startswith("FAILED test_own.py::test_plain - wrong dx[") for line in done.outlines)


def test_the_command_line_goes_before_test_and_marker(project, run):
    (project / "test_own.py").write_text(OWN)
    report = ("--gradcheck-report", "units.json")
    run("test_own.py", "-k", "marked", "--gradcheck-cases", 6, *report)
    assert [u["cases"] for u in read_valid((project / "units.json").read_text())["units"]] == [6]
    options = ("--runxfail", "-ra", "--gradcheck-case", "T=2,B=1,seed=7")
    done = run("test_own.py", "-k", "expected", *options, *report)
    done.assert_outcomes(failed=1, deselected=2)
    after = section(done)[section(done).index("wrong: next") + 1 :]
    assert after[:2] == ["  pytest test_own.py::test_expected --gradcheck-case T=2,B=1,seed=7", ""]
    (unit,) = read_valid((project / "units.json").read_text())["units"]
    assert unit["smallest"] == "T=2,B=1,seed=7"


def test_a_conftest_may_mark_a_unit(project, run):
    mark = "for item in items: item.add_marker(pytest.mark.gradcheck(cases=2, seed=1))"
    (project / "conftest.py").write_text(f"import pytest\ndef pytest_collection_modifyitems(items):\n    {mark}\n")
    run("manual/square.py", "--gradcheck-report", "units.json").assert_outcomes(passed=1)
    (unit,) = read_valid((project / "units.json").read_text())["units"]
    assert unit["cases"] == 2


def test_one_case_of_one_unit(project, run):
    done = run("manual/wrong.py", "--gradcheck-case", "T=2,B=3,seed=7")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["gradcheck *: 2 units, case T=2,B=3,seed=7", "  rerun * --case T=2,B=3,seed=7"])


REQUESTS = {
    ("--gradcheck-cases", "0"): "argument --gradcheck-cases: 0: it is too small; give 1 or more",
    ("--gradcheck-cases", "many"): "argument --gradcheck-cases: 'many': it is not a whole number; give 1 or more",
    ("--gradcheck-seed", "-3"): "argument --gradcheck-seed: -3: it is too small; give 0 or more",
    (
        "--gradcheck-case",
        "T=1,B=1",
    ): "it is the id of a case of one unit, not of 2; name one: pytest MANUAL/NAME.py",
    (
        "--gradcheck-case",
        "T=1",
        "manual/square.py",
    ): "--gradcheck-case: case 'T=1': the size of B is missing; a case id",
    (
        "--gradcheck-report",
        "no/such.json",
    ): "--gradcheck-report no/such.json: it cannot be written (No such file or directory)",
}


@pytest.mark.parametrize("arguments", REQUESTS, ids=" ".join)
def test_a_wrong_request_is_refused_with_the_reason(project, run, arguments):
    done = run(*arguments)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert REQUESTS[arguments] in done.stderr.str()


def raises(project, name, error):
    """Let the forward of that unit raise."""
    file = project / "manual" / f"{name}.py"
    file.write_text(file.read_text().replace("return Output", f"raise {error}\n    return Output"))


def test_sys_exit_in_a_unit_is_a_verdict(project, run):
    raises(project, "square", "SystemExit(3)")
    done = run("manual/square.py", "-ra", "--gradcheck-cases", 2)
    done.assert_outcomes(failed=1)
    assert "FAILED manual/square.py::square - square forward raised SystemExit: 3" in done.outlines
    assert section(done)[1].split()[-1] == "wrong"
    assert any("manual/square.py" in line for line in done.outlines if line.startswith("  raised"))


def test_what_is_done_is_written_where_ctrl_c_ends_it(project, run):
    raises(project, "wrong", "KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        run("--gradcheck-cases", 2, "--gradcheck-report", "units.json")
    content = read_valid((project / "units.json").read_text())
    assert [unit["name"] for unit in content["units"]] == ["square"]
    assert content["interrupted"] is True


def test_the_report_is_a_page_where_its_name_is_that_of_one(project, run):
    options = ("-p", "no:terminal", "--gradcheck-cases", 2, "--gradcheck-report", "units.html")
    assert run(*options).ret == pytest.ExitCode.TESTS_FAILED
    page = (project / "units.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "wrong dx[0,0]: manual" in page


WORKER = """
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    config.workerinput = {"gradcheck_seed": 3}
"""


def test_a_worker_which_cannot_refuse_to_start_says_what_is_wrong(project, run):
    (project / "conftest.py").write_text(WORKER)
    (project / "test_own.py").write_text("import pytest\ndef test_own(): pytest.fail('mine')\n")
    done = run("--gradcheck-case", "T=1,B=1", "-ra")
    done.assert_outcomes(failed=1, errors=2)
    assert "FAILED test_own.py::test_own - Failed: mine" in done.outlines
    reason = "it is the id of a case of one unit, not of 2; name one: pytest MANUAL/NAME.py"
    assert f"ERROR manual/wrong.py::wrong - Failed: --gradcheck-case T=1,B=1: {reason}" in done.outlines


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("(cases=0)", "(cases=0): it takes cases of at least 1 and seed of at least 0; fix the marker"),
        ("(trials=3)", "(trials=3): it takes cases of at least 1 and seed of at least 0; fix the marker"),
        ("(7)", "(7,): it takes keyword arguments only; write cases=N or seed=N"),
    ],
)
def test_a_marker_that_states_something_else_is_refused(project, run, mark, reason):
    (project / "test_own.py").write_text(OWN.replace("(cases=3)", mark))
    done = run("test_own.py", "-k", "marked")
    done.assert_outcomes(failed=1, deselected=2)
    assert reason in done.stdout.str()


def test_a_page_that_cannot_be_written_fails_no_test(project, run, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "no" / "page.md"))
    done = run("manual/square.py", "--gradcheck-cases", 2)
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(
        ["GITHUB_STEP_SUMMARY=*page.md: it cannot be written (*); name a file that can be written"]
    )
