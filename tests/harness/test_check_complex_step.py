"""A bug that manual and reference share: only the derivative of the manual forward sees it."""

import pytest

from gradcheck import Subject, examine
from tests.harness import elman_reference
from tests.harness.plant import Edit, caught, details, planted, planted_reference

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
