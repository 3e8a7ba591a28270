"""What is not finite, or not taken, is told: a backward that alone is not finite is wrong, and the rest gets a note."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import Subject, examine
from tests.verdicts.right.outputs import Array, Backward, Losses, Rows, zeros
from tests.verdicts.right.twin import twin


class Shorter(NamedTuple):
    y: Float[Array, "B-3 H"]


def length(x: Float[Array, "B H"]) -> tuple[Losses, Backward]:
    norm = np.sqrt((x * x).sum(axis=1))

    def backward(d):
        return {"x": zeros(d.losses, norm)[:, None] * x / norm[:, None]}

    return Losses(norm), backward


@twin(length)
def length_with_a_gradient_at_0(x):
    return torch.linalg.vector_norm(x, dim=1)


@twin(length)
def length_without(x):
    return (x * x).sum(dim=1).sqrt()


def row_by_row(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = np.stack([row * row for row in x])

    def backward(d):
        return {"x": 2 * x * zeros(d.y, y)}

    return Rows(y), backward


@twin(row_by_row)
def all_rows(x):
    return x * x


@twin(row_by_row)
def each_row(x):
    return torch.stack([row * row for row in x])


def judge(unit, reference, cases=100):
    return examine(Subject("unit", unit, reference), cases=cases, exact=False, diagnose=False)


def divided(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = 3 * x

    def backward(d):
        return {"x": zeros(d.y, y) * y / x}

    return Rows(y), backward


@twin(divided)
def tripled(x):
    return 3 * x


def steep(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """The logarithm of cosh, without overflow, but for its gradient."""
    y = 3 * np.abs(x) + np.log1p(np.exp(-6 * np.abs(x)))

    def backward(d):
        e, f = np.exp(3 * x), np.exp(-3 * x)
        return {"x": 3 * zeros(d.y, y) * (e - f) / (e + f)}

    return Rows(y), backward


@twin(steep)
def steep_reference(x):
    return torch.logaddexp(3 * x, -3 * x)


def test_a_backward_that_alone_is_no_number_is_wrong():
    report = judge(divided, tripled)
    assert report.verdict == "wrong"
    assert report.failure.headline.startswith("dx[0,0]: manual +nan, autograd ")
    assert "manual's gradient is not: a division by 0, or an overflow" in report.message


def test_a_backward_that_overflows_where_its_reference_does_not_is_imprecise():
    report = judge(steep, steep_reference)
    assert report.verdict == "imprecise", report.message
    assert "gradient x is not finite: its formula overflows on the way" in report.reason


@pytest.mark.parametrize(
    ("unit", "reference", "reasons"),
    [
        (length, length_with_a_gradient_at_0, ["the unit's gradients are not finite"]),
        (length, length_without, ["the unit's and the reference's gradients are not finite"]),
        (row_by_row, all_rows, ["the unit does not take a size of 0, and the reference does (forward raised "]),
        (row_by_row, each_row, []),
    ],
)
def test_what_is_not_judged_is_told(unit, reference, reasons):
    report = judge(unit, reference)
    assert report.verdict == "agrees", report.message
    assert [note.startswith("not judged at B=") for note in report.notes] == [True] * len(reasons)
    assert all(reason in note for reason, note in zip(reasons, report.notes, strict=True))
    assert report.skipped > 0


def centred(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """NumPy warns of the mean of no rows, and of e^x where x is large."""
    y = x - x.mean(axis=0) + 0 * np.exp(-np.exp(x))

    def backward(d):
        dy = zeros(d.y, y)
        return {"x": dy - dy.mean(axis=0)}

    return Rows(y), backward


@twin(centred)
def centred_reference(x):
    return x - x.mean(dim=0)


@pytest.mark.filterwarnings("error")
def test_what_numpy_warns_of_at_cases_that_nobody_runs_is_no_error():
    report = judge(centred, centred_reference)
    assert report.verdict == "agrees", report.message
    assert not report.printed


def window(x: Float[Array, "B H"]) -> tuple[Shorter, Backward]:
    y = 2 * x[3:]

    def backward(d):
        return {"x": np.concatenate([np.zeros_like(x[:3]), 2 * zeros(d.y, y)])}

    return Shorter(y), backward


@twin(window)
def window_reference(x):
    return 2 * x[3:]


def test_sizes_are_enlarged_until_every_array_has_a_shape():
    report = judge(window, window_reference)
    assert report.verdict == "agrees", report.message
    assert (report.cases, report.skipped, report.notes) == (100, 0, ())
    report = examine(Subject("unit", window, window_reference), cases=5, mutants=4)
    assert (report.verdict, report.reason) == ("proved", "")


def test_a_case_in_which_an_array_has_no_shape_is_not_judged():
    report = examine(Subject("unit", window, window_reference), case="B=2,H=1,seed=0")
    assert report.message == "unit: no case could be judged: the size B-3 is -1 there"
