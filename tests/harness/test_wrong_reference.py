"""The reference is wrong and the unit is right: the report must not call the unit wrong."""

import pytest
import torch

from gradcheck import Subject, examine
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, caught, details, planted_reference

ODD = "the reference is the odd one out (manual and complex step agree)"
BUGS: dict[str, Edit] = {
    "a detach on the carry": ("h @ weight_hh.T", "h.detach() @ weight_hh.T"),
    "a detach on a weight": ("h @ weight_hh.T", "h @ weight_hh.detach().T"),
    "a detach on the last state": ("torch.stack(ys), h)", "torch.stack(ys), h.detach())"),
    "a parameter made anew": ("bias_ih + h @", "torch.tensor(bias_ih.tolist(), dtype=x.dtype) + h @"),
    "truncated after 24 steps": (
        "        ys.append(h)",
        "        h = h.detach() if len(ys) == len(x) - 25 else h\n        ys.append(h)",
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_is_named_the_odd_one_out(bug: str) -> None:
    reference = planted_reference(BUGS[bug])
    report = caught(elman.elman, "gradients", "unit d", ", complex step ", verdict="judges split", reference=reference)
    assert details(report)["verdict"] == ODD


def test_a_wrong_forward_is_named_where_manual_and_the_third_party_agree() -> None:
    reference = planted_reference(("torch.tanh(", "torch.sin("))
    third_party = elman_reference.third_party
    report = caught(
        elman.elman, "forward", "third party ", verdict="judges split", reference=reference, third_party=third_party
    )
    assert details(report)["verdict"] == "the reference is the odd one out (manual and the third party agree)"


@pytest.mark.parametrize("switch", ["dtype=float32", "layout=reversed", "none=ys", "upstream=last", "scale=long"])
def test_is_named_in_every_kind_of_case(switch: str) -> None:
    reference = planted_reference(BUGS["a detach on the carry"])
    report = examine(Subject("elman", elman.elman, reference), case=f"T=3,B=2,I=2,H=2,seed=1,{switch}")
    assert report.verdict == "judges split"
    assert details(report)["verdict"] == ODD


class Refusing(torch.autograd.Function):
    @staticmethod
    def forward(_, x):
        return x * 1

    @staticmethod
    def backward(_, *__):
        raise IndexError("no gradient\nand no more lines")


def test_a_backward_that_raises_is_told() -> None:
    reference = planted_reference(("for x_t in x", "for x_t in Refusing.apply(x)"))
    reference.__globals__["Refusing"] = Refusing
    report = examine(Subject("unit", elman.elman, reference))
    assert report.verdict == "bad declaration"
    assert "elman: the reference: its backward raised IndexError: no gradient" in report.message
    assert "no more" not in report.message
