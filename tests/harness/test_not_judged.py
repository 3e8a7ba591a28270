"""What is not finite, or not taken, is told: a backward that alone is not finite is wrong, and the rest gets a note."""

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import Subject, examine
from tests.verdicts.right.outputs import Array, Backward, Losses, Rows, zeros
from tests.verdicts.right.twin import twin


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


def judge(unit, reference):
    return examine(Subject("unit", unit, reference), cases=30, exact=False, diagnose=False)


def test_a_backward_that_alone_is_no_number_is_wrong():
    report = judge(length, length_with_a_gradient_at_0)
    assert report.verdict == "wrong"
    assert report.failure.headline.startswith("dx[0,0]: manual +nan, autograd +0.00000e+00")
    assert "manual's gradient is not: a division by 0, or an overflow" in report.message


@pytest.mark.parametrize(
    ("unit", "reference", "reasons"),
    [
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
