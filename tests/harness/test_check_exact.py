"""The exact check: it sees every algebraic bug on its own, and what no numeric judge can see; it never guesses."""

import re

import numpy as np
import pytest

from gradcheck import Subject, examine, prove
from gradcheck.exact import decide_equality
from tests.harness import elman, elman_reference
from tests.harness.exact.exact_units import rnn_inputs
from tests.harness.plant import caught, details, first_line, planted
from tests.harness.test_check_gradients import BUGS
from tests.verdicts.right import conventions
from tests.verdicts.right.conventions_reference import bisected_root

# What exact numbers cannot show: precision, memory layout, sizes beyond 8.
NUMERIC = {
    "wrong only for Fortran order": "proved",
    "wrong only for strides": "agrees",
    "the size of the upstream is ignored": "agrees",
}


def subject(unit):
    return Subject("unit", unit, elman_reference.elman)


@pytest.mark.parametrize("bug", sorted(BUGS.keys() - NUMERIC.keys()))
def test_an_algebraic_bug_is_caught_by_the_exact_check_alone(bug):
    edit, _ = BUGS[bug]
    report = prove(subject(planted(edit)))
    assert report.verdict == "wrong"
    assert report.failure.check == "exact"
    assert "exact identity <u, J v> = <J^T u, v> fails over GF(p)" in first_line(report)
    assert details(report)["gradients"].startswith("wrong: d")


@pytest.mark.parametrize("bug", NUMERIC)
def test_what_is_not_algebra_is_left_to_the_numeric_checks(bug):
    edit, _ = BUGS[bug]
    assert prove(subject(planted(edit))).verdict == NUMERIC[bug]


def test_an_error_below_all_rounding_is_caught_by_this_check_and_none_before():
    tiny = planted(("dz.T @ hs[t]", "(dz.T @ hs[t] + 2**-58 * (dz.T @ hs[t]))"))
    assert examine(subject(tiny), exact=False).verdict == "agrees"
    report = caught(tiny, "exact", "exact identity")
    assert details(report)["gradients"].startswith("wrong: dweight_hh; right at this case: ")


def test_a_right_unit_is_proved_over_every_case():
    report = examine(subject(elman.elman), cases=10)
    assert report.verdict == "proved"
    assert report.certificate.log2_bound <= -128
    assert len(report.certificate.cases) == report.checks[-2].passed >= 12
    assert all(len(set(case.primes)) == len(case.primes) for case in report.certificate.cases)


def test_more_trials_are_made_when_asked_for():
    certificate = prove(subject(elman.elman), cases=2, trials=3).certificate
    assert [len(case.primes) for case in certificate.cases] == [3, 3, 3]
    assert certificate.log2_bound < -200


def test_an_operation_that_is_not_supported_is_named_and_nothing_is_proved():
    report = examine(subject(planted(("    T, B, H =", "    np.arctan(x)\n    T, B, H ="))), cases=10)
    assert report.verdict == "agrees"
    assert re.search(r"arctan.* is not supported in exact arithmetic, at planted_\d+\.py:\d+", report.reason)
    assert report.certificate is None


def test_a_law_that_the_field_does_not_know_is_undecided_not_wrong():
    one = "np.exp(3 * bias_ih) / np.exp(bias_ih) ** 3"
    report = prove(subject(planted(("dz.sum(axis=0)", f"dz.sum(axis=0) * {one}"))))
    assert report.verdict == "agrees"
    assert "that the finite field does not know" in report.reason


ROOT = ("/ (1 + 3 * y * y)", "/ (1 + 2 * y * y)")


@pytest.mark.parametrize(("edits", "verdict"), [((), "agrees"), ((ROOT,), "wrong")])
def test_a_forward_that_only_compares_numbers_is_held_to_its_slope_in_floats(edits, verdict):
    """To exact arithmetic the root that bisection finds is a constant."""
    unit = planted(*edits, module=conventions, name="bisected_root")
    report = prove(Subject("root", unit, bisected_root))
    assert report.verdict == verdict
    assert edits or "the forward finds its result by comparing numbers" in report.reason


def test_two_forms_of_a_cell_are_the_same_function():
    inputs = rnn_inputs(3) | {"bias_ih": np.ones(2), "bias_hh": -np.ones(2)}
    by_exp = planted(("np.tanh(", "(lambda z: 1 - 2 / (np.exp(2 * z) + 1))("))
    other = planted(("np.tanh(", "(lambda z: 1 - 2 / (np.exp(z) + 1))("))
    assert decide_equality(elman.elman, by_exp, inputs).verdict == "equal"
    assert decide_equality(elman.elman, other, inputs).verdict == "different"
