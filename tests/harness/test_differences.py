"""Where neither complex step nor exact arithmetic applies, a reference with the fault of the unit does not carry it."""

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import Subject, examine
from tests.verdicts.right.outputs import Array, Backward, Rows, zeros
from tests.verdicts.right.twin import twin


def make_unit(factor):
    def soft_shrinkage(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
        """sign(x) arctan(max(|x| - 1/2, 0)), which runs neither on complex nor on exact numbers."""
        over = np.maximum(np.abs(x) - 0.5, 0)
        y = np.sign(x) * np.arctan(over)

        def backward(d):
            return {"x": factor * zeros(d.y, y) * (over > 0) / (1 + over * over)}

        return Rows(y), backward

    return soft_shrinkage


class Colluding(torch.autograd.Function):
    """The same forward, and a derivative that is off by the same factor."""

    @staticmethod
    def forward(ctx, x, factor):
        over = (x.abs() - 0.5).clamp(min=0)
        ctx.save_for_backward(over)
        ctx.factor = factor
        return x.sign() * over.arctan()

    @staticmethod
    def backward(ctx, dy):
        (over,) = ctx.saved_tensors
        return ctx.factor * dy * (over > 0) / (1 + over * over), None


def make_pair(factor):
    unit = make_unit(factor)

    @twin(unit)
    def reference(x):
        return Colluding.apply(x, factor)

    return Subject("shrinkage", unit, reference)


@pytest.mark.parametrize("factor", [2.0, 1.001])
def test_a_fault_that_the_reference_shares_is_found(factor):
    report = examine(make_pair(factor), diagnose=False)
    assert report.verdict == "wrong", report.reason
    assert report.failure.check == "complex step"
    assert "the reference has the same fault" in report.message


def test_a_right_unit_with_kinks_passes():
    for seed in (0, 1, 2):
        report = examine(make_pair(1.0), seed=seed, diagnose=False)
        assert report.verdict == "agrees", report.message
