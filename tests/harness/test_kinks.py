"""At a kink any subgradient is right, entry by entry: the others of the case are judged."""

from typing import NamedTuple

import numpy as np
import pytest
from jaxtyping import Float

from gradcheck import Case, Subject, examine
from gradcheck.checks import NUMERIC_CHECKS
from gradcheck.verification.judge import judge_case
from tests.verdicts.right.conventions import larger, ordered
from tests.verdicts.right.conventions_reference import larger as larger_reference
from tests.verdicts.right.conventions_reference import ordered as ordered_reference
from tests.verdicts.right.outputs import Array, Backward, Loss
from tests.verdicts.right.twin import twin


def absolute_error(count):
    """The mean absolute error; `count` says by how many numbers its gradient is divided."""

    def unit(a: Float[Array, " N"], b: Float[Array, " N"]) -> tuple[Loss, Backward]:
        s = np.sign(a - b)

        def backward(d):
            g = (0.0 if d.loss is None else d.loss) * s / count(s)
            return {"a": g, "b": -g}

        return Loss(np.abs(a - b).sum() / max(len(a), 1)), backward

    return unit


@twin(absolute_error(len))
def reference(a, b):
    return (a - b).abs().sum() / max(len(a), 1)


def test_the_number_of_all_entries_is_right():
    assert examine(Subject("mean", absolute_error(lambda s: max(len(s), 1)), reference)).good


def test_the_number_of_entries_that_differ_is_wrong():
    """It is so only where two are equal: there one entry has a kink, and the others have none."""
    report = examine(Subject("mean", absolute_error(lambda s: max(int(abs(s).sum()), 1)), reference), diagnose=False)
    assert report.verdict == "wrong", report.reason


TIES = {
    "random numbers that are equal": (ordered, ordered_reference, "B=28,H=64,seed=3282356517"),
    "many equal ones": (ordered, ordered_reference, "B=5,H=17,seed=1,values=x:ones"),
    "rows of one number": (ordered, ordered_reference, "B=5,H=17,seed=1,values=x:identity+w:onehot"),
    "the larger of two": (larger, larger_reference, "B=65,H=65,seed=53"),
}


@pytest.mark.parametrize(("unit", "of_reference", "case"), TIES.values(), ids=TIES)
def test_any_convention_at_a_tie_is_right(unit, of_reference, case):
    subject = Subject("unit", unit, of_reference)
    result = judge_case(subject, Case.parse(case, subject.declaration), NUMERIC_CHECKS)
    assert not result.failed, result.error


class Count(NamedTuple):
    y: Float[Array, " H"]


def jump(x: Float[Array, "B H"]) -> tuple[Count, Backward]:
    """How the last of the largest is marked: the output jumps where two are equal."""
    last = len(x) - 1 - x[::-1].argmax(axis=0)
    return Count(0.5 * last.astype(x.dtype) + x.sum(axis=0)), lambda d: {
        "x": np.zeros_like(x) if d.y is None else np.broadcast_to(d.y, x.shape).copy()
    }


@twin(jump)
def first_of_the_largest(x):
    return 0.5 * x.argmax(dim=0).to(x.dtype) + x.sum(dim=0)


def test_an_output_that_jumps_at_the_case_is_skipped():
    subject = Subject("jump", jump, first_of_the_largest)
    tied = judge_case(subject, Case.parse("B=3,H=2,seed=1,values=x:ones", subject.declaration), NUMERIC_CHECKS)
    assert (tied.failed, tied.skipped) == ("", "y, which jumps here")
    plain = judge_case(subject, Case.parse("B=3,H=2,seed=1", subject.declaration), NUMERIC_CHECKS)
    assert not plain.failed
    assert not plain.skipped
