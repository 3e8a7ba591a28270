"""A unit without a reference, and plain functions."""

import sys
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float

import gradcheck
from gradcheck import DeclarationError, GradientMismatch
from gradcheck.cli import main as cli
from gradcheck.unit.plain import adapt_plain
from tests.harness import elman
from tests.harness.alone import plain_units
from tests.harness.alone.plain_units import MATRIX, RIGHT, WRONG

NOT_ASKED = "whether the forward is the function meant is not asked"
SOFTPLUS = """
import numpy as np

EXAMPLE = [np.ones(3)]


def softplus(x):
    return np.log1p(np.exp(x)), lambda dy: dy / (1 + np.exp({sign}x))
"""
OWN_TESTS = """
import numpy as np
import gradcheck

@gradcheck.as_test(example=[np.ones(3)], cases=10)
def test_square(x):
    return x * x, lambda dy: 2 * x * dy

@gradcheck.as_test(example=[np.ones(3)], cases=10)
def test_cube(x):
    return x * x * x, lambda dy: 2 * x * dy
"""


@pytest.mark.parametrize("unit", RIGHT, ids=lambda unit: unit.__name__)
def test_a_right_function_agrees_and_what_was_not_asked_is_said(unit):
    report = gradcheck.check(unit, example=RIGHT[unit])
    assert report.verdict == "agrees"
    assert NOT_ASKED in report.reason
    assert report.certificate is None


@pytest.mark.parametrize("unit", WRONG, ids=lambda unit: unit.__name__)
def test_a_planted_fault_is_wrong(unit):
    with pytest.raises(GradientMismatch) as caught:
        gradcheck.check(unit, example=WRONG[unit])
    assert caught.value.report.verdict == "wrong"
    assert "reference" not in caught.value.report.message
    assert "autograd" not in caught.value.report.message


def test_digits_that_a_backward_loses_are_told():
    """Its formula is right, and no other judge is there to say that its digits are not."""
    report = gradcheck.check(plain_units.cached_in_half_precision, example=[np.ones(3)])
    assert report.verdict == "imprecise"
    assert "gradient x is off by" in report.reason


def test_a_unit_with_names_needs_no_reference_either():
    report = gradcheck.check(elman.elman, cases=30)
    assert (report.verdict, NOT_ASKED in report.reason) == ("agrees", True)


def test_the_line_of_a_gradient_that_is_returned_by_its_place_is_named():
    with pytest.raises(GradientMismatch, match=r"line +\S*plain_units.py:\d+  dw = \(dy.T @ x\) \* 1.0001"):
        gradcheck.check(plain_units.wrong_affine, example=WRONG[plain_units.wrong_affine], cases=10)


def test_shapes_follow_from_the_example():
    declared = adapt_plain(plain_units.affine, RIGHT[plain_units.affine]).declaration
    assert {name: str(spec) for name, spec in declared.inputs.items()} == {
        "x": "float[N M]",
        "w": "float[K M]",
        "b": "float[K]",
    }
    assert {name: str(spec) for name, spec in declared.outputs.items()} == {"y": "float[N K]"}
    for unit, wanted in ((plain_units.joined, "float[N+M]"), (plain_units.outer, "float[N*M]")):
        (output,) = adapt_plain(unit, RIGHT[unit]).declaration.outputs.values()
        assert str(output) == wanted


def test_annotations_are_enough_without_an_example():
    def double(x: Float[np.ndarray, "T B"]) -> Any:
        return 2 * x, lambda dy: 2 * dy

    assert gradcheck.check(double, cases=10).verdict == "agrees"


def halve(x):
    return x[: len(x) // 3], lambda dy: dy


def forget(x):
    2 * x


def lose(x, y):
    return x * y, lambda dz: dz * y


@pytest.mark.parametrize(
    ("unit", "example", "message"),
    [
        (
            plain_units.softplus,
            None,
            "softplus: argument x: it has no annotation and no example; give an example of each",
        ),
        (plain_units.affine, [MATRIX], r"affine: example: it does not fit \(missing a required argument: 'w'\)"),
        (halve, [MATRIX], r"halve: output y: its size 1 is not known|declared"),
        (forget, [MATRIX], "forget: returns nothing: a unit returns .outputs, backward.; is a `return` forgotten"),
        (lose, [MATRIX, MATRIX], "lose: backward returns 1 values: the float arguments are x, y; return one gradient"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(unit, example, message):
    with pytest.raises(DeclarationError, match=message):
        gradcheck.check(unit, example=example, cases=5)


def run_verify(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["gradcheck", "verify", *map(str, arguments), "-j", "1", "--cases", "10"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


@pytest.mark.parametrize(("sign", "code", "verdict"), [("-", 0, "agrees"), ("", 1, "wrong")])
def test_verify_takes_a_file_alone(tmp_path, monkeypatch, capsys, sign, code, verdict):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "softplus.py").write_text(SOFTPLUS.format(sign=sign))
    assert run_verify(monkeypatch, "softplus.py") == code
    out = capsys.readouterr().out
    assert out.splitlines()[1].endswith(f"  {verdict}")
    assert (NOT_ASKED in out) == (code == 0)
    assert ("gradcheck verify softplus.py --case " in out) == (code == 1)


def test_verify_takes_the_reference_that_a_project_has(tmp_path, monkeypatch, capsys):
    from gradcheck.scaffold import write_project

    write_project(tmp_path / "cells")
    monkeypatch.chdir(tmp_path / "cells")
    assert run_verify(monkeypatch, "manual/decay.py") == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("  proved")


def test_the_decorator_makes_a_test(pytester):
    pytester.makepyfile(OWN_TESTS)
    done = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:cov")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*test_cube dx[[]*manual *, complex step *"])
