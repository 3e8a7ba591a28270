"""What runs on other numbers than those of a judged case was not reached: nothing was compared with it."""

import numpy as np
import pytest
from jaxtyping import Float

from gradcheck import Subject, examine, prove
from gradcheck.reporting.unit_table import list_omissions
from tests.verdicts.right.outputs import Array, Backward, Rows, zeros
from tests.verdicts.right.twin import twin


def of_complex(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = 2 * x
    if np.iscomplexobj(x):
        y = y + 0

    def backward(d):
        return {"x": 2 * zeros(d.y, y)}

    return Rows(y), backward


def of_floats(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = 2 * x

    def backward(d):
        if x.dtype != object:
            return {"x": 2 * zeros(d.y, y)}
        return {"x": 2 * zeros(d.y, y) + 0}

    return Rows(y), backward


@twin(of_complex)
def reference(x):
    return 2 * x


BRANCHES = {"complex": (of_complex, "np.iscomplexobj(x)"), "exact": (of_floats, "x.dtype == object")}


@pytest.mark.parametrize(("unit", "condition"), BRANCHES.values(), ids=BRANCHES)
def test_a_branch_for_other_numbers_was_not_judged(unit, condition):
    report = examine(Subject("unit", unit, reference), cases=30)
    assert report.verdict == "agrees"
    assert condition in report.reason


def test_exact_arithmetic_alone_reaches_what_it_runs():
    report = prove(Subject("unit", of_floats, reference))
    assert report.verdict == "proved"


def test_the_table_says_why_a_unit_is_not_proved():
    report = examine(Subject("unit", of_complex, reference), cases=30)
    assert f"unit is not proved: {report.reason}" in list_omissions(report)
