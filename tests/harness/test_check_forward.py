"""Manual and reference compute different functions: who is wrong depends on what a third judge says."""

import re
from typing import Any

from tests.harness import elman, elman_reference
from tests.harness.plant import caught, details, first_line, planted, planted_reference

TRANSPOSED = (
    ("hs[t] @ weight_hh.T", "hs[t] @ weight_hh"),
    ("dweight_hh += dz.T @ hs[t]", "dweight_hh += hs[t].T @ dz"),
    ("dh = dz @ weight_hh\n", "dh = dz @ weight_hh.T\n"),
)
NO_BIAS = ("x[t] @ weight_ih.T + bias_ih", "x[t] @ weight_ih.T + bias_hh")
SPLIT: dict[str, Any] = {"verdict": "judges split"}
OUTSIDE: dict[str, Any] = {"third_party": elman_reference.third_party}
DIFFER = "manual and reference compute different functions"


def test_two_functions_each_with_its_own_gradient_are_a_split() -> None:
    report = caught(planted(*TRANSPOSED), "forward", "unit forward ", ": manual ", ", reference ", **SPLIT)
    fits = "manual's backward is the derivative of its own forward, and no third judge knows which function is meant"
    assert details(report)["verdict"] == f"{DIFFER}; {fits}"


def test_a_third_party_tells_that_manual_is_wrong() -> None:
    report = caught(planted(*TRANSPOSED), "forward", ": manual ", ", reference ", ", third party ", **OUTSIDE)
    assert details(report)["verdict"] == "manual is the odd one out (reference and the third party agree)"
    assert re.search(r", third party [+-][\d.]+e[+-]\d+: ", first_line(report))


def test_a_third_party_tells_that_the_reference_is_wrong() -> None:
    theirs = planted_reference(("bias_ih + h @", "bias_hh + h @"))
    report = caught(elman.elman, "forward", "forward ys[", reference=theirs, **OUTSIDE, **SPLIT)
    assert details(report)["verdict"] == "the reference is the odd one out (manual and the third party agree)"


def test_three_functions_are_a_split() -> None:
    theirs = planted_reference(("bias_ih + h @", "bias_hh + h @"))
    report = caught(planted(*TRANSPOSED, ("+ bias_hh)", "+ 1)")), "forward", reference=theirs, **OUTSIDE, **SPLIT)
    assert details(report)["verdict"] == "manual, reference and the third party all differ"


def test_a_forward_that_its_own_backward_does_not_fit_is_wrong() -> None:
    report = caught(planted(NO_BIAS), "forward", "unit forward ")
    odd = "and manual's backward is not the derivative of its own forward"
    assert details(report)["verdict"] == f"{DIFFER}, {odd}"


def test_a_state_that_starts_at_the_wrong_step_is_caught() -> None:
    late = planted(("Output(hs[1:].copy()", "Output(hs[:-1].copy()"))
    report = caught(late, "forward", "unit forward ys[0,", **OUTSIDE)
    assert details(report)["outputs"] == "right at this case: h_T"
