"""What no other judge sees at ordinary upstream gradients, or what manual and reference share: the check `vjp laws`."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import Subject, check, examine
from tests.harness.elman import Array
from tests.harness.plant import Edit, caught, details, planted, planted_reference

UPSTREAM = "dh = dh + dys[t]"
BUGS: dict[str, tuple[Edit, str]] = {
    "zero": (
        ("dbias += dz.sum(axis=0)", "dbias += dz.sum(axis=0) + 1e-300"),
        "(a zero upstream gradient gives zero gradients): dbias_ih is not zero",
    ),
    "none": (("np.zeros_like(hs[0]) if", "np.ones_like(hs[0]) if"), "(None for h_T counts as zeros): d"),
    "large": ((UPSTREAM, "dh = np.clip(dh + dys[t], -100, 100)"), "(linear: 1.04858e+06 times the upstream gradient"),
    "small": ((UPSTREAM, "dh = np.where(abs(dh + dys[t]) < 1e-5, 0, dh + dys[t])"), "(linear: 9.53674e-07 times"),
    "norm": (
        (UPSTREAM, "dh = dh + dys[t]\n            dh = dh * min(1, 1e4 / np.abs(dh).max())"),
        "(linear: 1.04858e+06",
    ),
    "additive": (
        (UPSTREAM, "dh = dh + dys[t] if dys[t].any() or t < T - 1 else dys[t]"),
        "(additive: the gradients of",
    ),
}


@pytest.mark.parametrize("law", BUGS)
def test_a_backward_that_is_not_linear_is_caught(law: str) -> None:
    edit, words = BUGS[law]
    report = caught(planted(edit), "vjp laws", f"unit breaks a VJP law {words}")
    assert details(report)["verdict"] == "manual breaks a law that a right backward satisfies"


def test_rows_of_the_batch_may_be_coupled_where_the_reference_couples_them_too() -> None:
    unit = planted(
        ("x[t] @ weight_ih.T", "(x[t] - x[t].mean(axis=0)) @ weight_ih.T"),
        ("dx[t] = dz @", "dx[t] = (dz - dz.mean(axis=0)) @"),
        ("dz.T @ x[t]", "dz.T @ (x[t] - x[t].mean(axis=0))"),
    )
    reference = planted_reference(("tanh(x_t @", "tanh((x_t - x_t.mean(0)) @"))
    report = examine(Subject("unit", unit, reference))
    assert report.good, report.message
    laws = next(check for check in report.checks if check.name == "vjp laws")
    assert "in the reference too, the gradient of a slice is not the slice of the gradient" in laws.explanations


def test_a_last_state_may_be_another_where_the_reference_has_it_so() -> None:
    unit = planted(("hs[-1].copy()), backward", "2 * hs[-1]), backward"), ("d.h_T.copy()", "2 * d.h_T"))
    reference = planted_reference(("Output(torch.stack(ys), h)", "Output(torch.stack(ys), 2 * h)"))
    assert examine(Subject("unit", unit, reference)).good


def test_a_carry_dropped_on_both_sides_is_caught_all_the_same() -> None:
    unit = planted(("dh = dh + dys[t]", "dh = dys[t] + (dh if t == T - 1 else 0)"))
    reference = planted_reference(("for x_t in x:", "for t, x_t in enumerate(x):\n        h = h.detach() if t else h"))
    assert examine(Subject("unit", unit, reference), diagnose=False).verdict == "wrong"


class Scaled(NamedTuple):
    y: Float[Array, " H"]


class ScaledT(NamedTuple):
    y: Float[torch.Tensor, " H"]


def scale(x: Float[Array, " H"], a: Float[Array, ""]) -> tuple[Scaled, Callable[[Scaled], dict[str, Array]]]:
    def backward(d: Scaled) -> dict[str, Array]:
        dy = np.zeros_like(x) if d.y is None else d.y
        return {"x": dy * a, "a": np.asarray((dy * x).sum())}

    return Scaled(x * a), backward


def scale_reference(x: Float[torch.Tensor, " H"], a: Float[torch.Tensor, ""]) -> ScaledT:
    return ScaledT(x * a)


def test_the_laws_hold_of_a_scalar_parameter() -> None:
    report = check(scale, scale_reference)
    assert (report.verdict, report.cases) == ("proved", 100)
