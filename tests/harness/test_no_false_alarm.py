"""Units that are right, in forms that a harness could stumble over, pass every check."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Complex, Float, Int

import manual.recurrent.rnn
import reference.recurrent.rnn
from gradcheck import check
from tests.harness import elman_reference
from tests.harness.elman import Array
from tests.harness.plant import Edit, caught, details, planted

RIGHT: dict[str, list[Edit]] = {
    "as it is": [],
    "gradients that are columns of one array": [
        (
            "np.zeros_like(weight_ih), np.zeros_like(weight_hh)",
            "np.split(np.zeros((H, x.shape[2] + H), x.dtype), [x.shape[2]], axis=1)",
        ),
    ],
    "gradients that are read-only": [("dbias.copy()", "np.broadcast_to(dbias.copy(), dbias.shape)")],
    "gradients in Fortran order": [('"weight_hh": dweight_hh', '"weight_hh": np.asfortranarray(dweight_hh)')],
    "no gradient for an absent input": [
        ("return gradients |", 'return {n: g for n, g in gradients.items() if n != "h_0" or h_0 is not None} |'),
    ],
    "outputs that are views of what backward reads": [
        ("Output(hs[1:].copy(), hs[-1].copy())", "Output(hs[1:], hs[-1])")
    ],
    "another order of summation": [("dz.T @ hs[t]", "np.einsum('bi,bj->ij', dz, hs[t])")],
}


@pytest.mark.parametrize("form", RIGHT)
def test_a_right_unit_passes_every_check(form: str) -> None:
    cases = 30 if RIGHT[form] else 100
    report = check(planted(*RIGHT[form]), elman_reference.elman, third_party=elman_reference.third_party, cases=cases)
    assert (report.verdict, report.cases, report.reason) == ("proved", cases, "")
    assert [check.status for check in report.checks] == ["passed"] * 8 + ["not reached"]
    assert 0 < report.worst <= 1


FADING = "T=117,B=1,I=1,H=1,seed=689183030,upstream=last,activation=leaky_relu"


@pytest.mark.parametrize("case_id", [FADING, FADING.replace("117", "122"), FADING.replace("117", "200")])
def test_gradients_that_fade_into_underflow_are_judged_right(case_id: str) -> None:
    assert check(manual.recurrent.rnn.rnn, reference.recurrent.rnn.rnn, case=case_id).verdict == "agrees"


class Looked(NamedTuple):
    rows: Float[Array, "T H"]


class LookedT(NamedTuple):
    rows: Float[torch.Tensor, "T H"]


def look_up(
    table: Float[Array, "V H"], tokens: Annotated[Int[Array, " T"], "0 <= tokens < V"]
) -> tuple[Looked, Callable[[Looked], dict[str, Array]]]:
    def backward(d: Looked) -> dict[str, Array]:
        dtable = np.zeros_like(table)
        np.add.at(dtable, tokens, d.rows if d.rows is not None else 0)
        return {"table": dtable}

    return Looked(table[tokens]), backward


def look_up_reference(
    table: Float[torch.Tensor, "V H"], tokens: Annotated[Int[torch.Tensor, " T"], "0 <= tokens < V"]
) -> LookedT:
    return LookedT(table[tokens])


def test_integers_get_no_gradient() -> None:
    assert check(look_up, look_up_reference).verdict == "proved"


def overwritten(table: Any, tokens: Any) -> Any:
    def backward(d: Looked) -> dict[str, Array]:
        dtable = np.zeros_like(table)
        dtable[tokens] = d.rows if d.rows is not None else 0
        return {"table": dtable}

    return Looked(table[tokens]), backward


overwritten.__annotations__ = look_up.__annotations__


def test_a_row_looked_up_twice_needs_its_gradients_added() -> None:
    report = caught(overwritten, "gradients", "unit dtable[", reference=look_up_reference)
    assert report.smallest.sizes["T"] == 2


class Product(NamedTuple):
    y: Complex[Array, " H"]


class ProductT(NamedTuple):
    y: Complex[torch.Tensor, " H"]


def rotate(x: Complex[Array, " H"], w: Complex[Array, " H"]) -> tuple[Product, Callable[[Product], dict[str, Array]]]:
    def backward(d: Product) -> dict[str, Array]:
        dy = np.zeros_like(x) if d.y is None else d.y
        return {"x": dy * w.conj(), "w": dy * x.conj()}

    return Product(x * w), backward


def rotate_reference(x: Complex[torch.Tensor, " H"], w: Complex[torch.Tensor, " H"]) -> ProductT:
    return ProductT(x * w)


def test_complex_gradients_are_judged_and_the_check_that_does_not_apply_says_why() -> None:
    report = check(rotate, rotate_reference)
    assert set(report.checks[5].reasons) == {
        "x is complex already",
        "complex step is taken in double precision only",
    }
    assert report.checks[5].status == "not applicable"


def without_conjugate(x: Any, w: Any) -> Any:
    return Product(x * w), lambda d: {"x": rotate(x, w)[1](d)["x"], "w": (0 * x if d.y is None else d.y) * x}


without_conjugate.__annotations__ = rotate.__annotations__


def test_a_missing_conjugate_is_caught_and_dual_numbers_tell_whose_it_is() -> None:
    report = caught(without_conjugate, "gradients", "unit dw[", ", dual numbers ", reference=rotate_reference)
    assert details(report)["verdict"] == "manual is the odd one out (autograd and dual numbers agree)"


def rotated_by_a_constant(x: Complex[torch.Tensor, " H"], w: Complex[torch.Tensor, " H"]) -> ProductT:
    return ProductT(x * w.detach() + 0 * w)


def test_a_right_complex_unit_is_not_called_wrong_for_its_reference() -> None:
    words = ("unit dw[", ", dual numbers ")
    report = caught(rotate, "gradients", *words, verdict="judges split", reference=rotated_by_a_constant)
    assert details(report)["verdict"] == "the reference is the odd one out (manual and dual numbers agree)"


def rounded(x: Any, w: Any) -> Any:
    narrow = {"complex128": "complex64"}.get(str(x.dtype), x.dtype)
    return Product(x * w), lambda d: {n: g.astype(narrow).astype(g.dtype) for n, g in rotate(x, w)[1](d).items()}


rounded.__annotations__ = rotate.__annotations__


def test_a_complex_backward_in_single_precision_is_the_odd_one_out_though_its_formula_is_right() -> None:
    report = caught(rounded, "gradients", ", dual numbers ", reference=rotate_reference)
    assert details(report)["verdict"] == "manual is the odd one out (autograd and dual numbers agree)"


def rotated_backwards(x: Complex[torch.Tensor, " H"], w: Complex[torch.Tensor, " H"]) -> ProductT:
    return ProductT(x * w.conj())


@pytest.mark.parametrize(
    ("unit", "verdict", "words"),
    [
        (
            rotate,
            "judges split",
            "manual's backward is the derivative of its own forward, and no third judge knows which",
        ),
        (without_conjugate, "wrong", "and manual's backward is not the derivative of its own forward"),
    ],
)
def test_a_complex_forward_that_differs_is_told_by_whether_its_backward_fits(
    unit: Any, verdict: Any, words: str
) -> None:
    report = caught(unit, "forward", "unit forward y[", verdict=verdict, reference=rotated_backwards)
    assert words in details(report)["verdict"]
