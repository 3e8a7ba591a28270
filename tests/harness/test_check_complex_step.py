"""A bug that manual and reference share: only the derivative of the manual forward sees it."""

import textwrap
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from jaxtyping import Float

from gradcheck import Subject, examine, prove
from tests.harness import elman_reference
from tests.harness.plant import Edit, caught, details, planted, planted_reference
from tests.verdicts.right.outputs import Array, Backward, Rows, zeros
from tests.verdicts.right.twin import twin

BUGS: dict[str, tuple[Edit, Edit]] = {
    "both drop the carry": (
        ("dh = dz @ weight_hh\n", "dh = 0 * dz\n"),
        ("h @ weight_hh.T", "h.detach() @ weight_hh.T"),
    ),
    "both let the gradient straight through": (
        ("(1 - hs[t + 1] * hs[t + 1])", "1"),
        ("h = torch.tanh(x_t @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)", "h = straight(**locals())"),
    ),
    "both ignore the upstream of the final state": (
        ("d.h_T.copy()", "0 * d.h_T"),
        ("Output(torch.stack(ys), h)", "Output(torch.stack(ys), h.detach())"),
    ),
    "both leave out one gradient": (
        ('"weight_hh": dweight_hh', '"weight_hh": 0 * dweight_hh'),
        ("h @ weight_hh.T", "h @ weight_hh.detach().T"),
    ),
}
STRAIGHT = """
def straight(x_t, h, weight_ih, weight_hh, bias_ih, bias_hh, **others):
    z = x_t @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh
    return z + (torch.tanh(z) - z).detach()


def elman("""


@pytest.mark.parametrize("bug", BUGS)
def test_is_caught(bug: str) -> None:
    ours, theirs = BUGS[bug]
    edits = [theirs, ("\ndef elman(", STRAIGHT)] if "straight" in theirs[1] else [theirs]
    words = ("unit derivative along ", ": manual <J^T u, v> ", ", complex step <u, J v> ", " x tolerance")
    report = caught(planted(ours), "complex step", *words, reference=planted_reference(*edits))
    assert (
        details(report)["verdict"]
        == "computed with sixty digits, manual's backward is not the derivative of its forward"
    )
    assert set(report.failure.opinions) == {"manual", "autograd", "complex step"}
    assert "detach" in details(report)["remedy"]


def read_detach():
    """The function that docs/contract.md shows."""
    page = (Path(__file__).parents[2] / "docs" / "contract.md").read_text()
    code = textwrap.dedent(page[page.index("  def detach(array)") : page.index("  ```", page.index("  def detach"))])
    found = {}
    exec(code, found)
    return found["detach"]


class Loss(NamedTuple):
    loss: Float[Array, ""]


def make_temporal_difference(stop):
    def temporal_difference(v: Float[Array, "T+1"], r: Float[Array, " T"]) -> tuple[Loss, Backward]:
        """0.5 sum (v_t - target_t)^2, whose target r_t + v_{t+1} is held fixed."""
        error = v[:-1] - stop(r + v[1:])

        def backward(d):
            upstream = 0.0 if d.loss is None else d.loss
            dv = np.concatenate((upstream * error, 0 * v[:1]))
            return {"v": dv, "r": 0 * r}

        return Loss((error * error).sum() / 2), backward

    return temporal_difference


def test_a_backward_that_does_not_stop_where_its_forward_does_is_wrong_in_exact_arithmetic() -> None:
    """It is the slope of the floats, which know no detach."""
    stop = read_detach()

    def stopped(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
        return Rows(x * stop(x)), lambda d: {"x": 2 * x * zeros(d.y, x)}

    @twin(stopped)
    def reference(x):
        return x * x.detach()

    assert prove(Subject("unit", stopped, reference)).verdict == "wrong"


@pytest.mark.parametrize(("stop", "verdict"), [(read_detach(), "proved"), (np.copy, "wrong")])
def test_a_gradient_that_stops_on_purpose_stops_in_the_forward(stop, verdict) -> None:
    unit = make_temporal_difference(stop)

    @twin(unit)
    def reference(v, r):
        return (v[:-1] - (r + v[1:]).detach()).square().sum() / 2

    report = examine(Subject("unit", unit, reference), cases=20, diagnose=False)
    assert report.verdict == verdict, report.message


def test_a_forward_that_takes_no_complex_numbers_is_said_not_passed() -> None:
    real = planted(("hs = np.zeros((T + 1, B, H), x.dtype)", "hs = np.zeros((T + 1, B, H), x.real.dtype)"))
    report = examine(Subject("unit", real, elman_reference.elman), cases=20)
    (check,) = (r for r in report.checks if r.name == "complex step")
    assert (report.verdict, check.status) == ("proved", "not applicable")
    assert any(
        reason.startswith("the forward does not take complex numbers (ComplexWarning") for reason in check.reasons
    )


def test_a_forward_that_drops_the_imaginary_part_is_said_not_passed() -> None:
    real = planted(("hs[1:].copy(), hs[-1].copy()", "hs[1:].real.copy(), hs[-1].real.copy()"))
    report = examine(Subject("unit", real, elman_reference.elman), cases=20)
    assert "the forward drops the imaginary part of ys, h_T" in report.checks[5].reasons
