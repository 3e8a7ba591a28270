"""A unit that is imprecise passes with a warning, and fails where that was asked for."""

import json

import pytest

from tests.pytest_plugin.projects import write_imprecise
from tests.pytest_plugin.test_shares import OPTIONS, SHARES

OWN = """
from manual.small import small
from reference.small import small as small_reference

def test_small(gradcheck):
    gradcheck(small, small_reference, cases=4)
"""


@pytest.fixture
def small(project):
    write_imprecise(project, "small")
    (project / "test_own.py").write_text(OWN)
    return project


@pytest.mark.parametrize("where", ["manual/small.py", "test_own.py"])
def test_an_imprecise_unit_fails_only_where_strict(small, run, where):
    plain = run(where, "--gradcheck-cases", 4)
    plain.assert_outcomes(passed=1)
    plain.stdout.fnmatch_lines(["warning: small is imprecise: *output y is off by *"])
    strict = run(where, "--gradcheck-cases", 4, "--gradcheck-strict", "-ra")
    strict.assert_outcomes(failed=1)
    strict.stdout.fnmatch_lines([f"FAILED {where}::* - small is imprecise: *output y is off by *"])


def test_a_right_unit_passes_where_strict(project, run):
    run("manual/square.py", "--gradcheck-cases", 4, "--gradcheck-strict").assert_outcomes(passed=1)


def test_shares_that_lose_digits_are_never_a_proof_together(small, run):
    run("manual/small.py", *OPTIONS).assert_outcomes(passed=len(SHARES))
    (unit,) = json.loads((small / "units.json").read_text())["units"]
    assert (unit["verdict"], unit["certificate"]) == ("imprecise", None)
    for share, verdict in (("exact", "agrees"), ("1-50", "imprecise")):
        run(f"manual/small.py::small[{share}]", *OPTIONS)
        (unit,) = json.loads((small / "units.json").read_text())["units"]
        assert (unit["verdict"], unit["certificate"]) == (verdict, None)
