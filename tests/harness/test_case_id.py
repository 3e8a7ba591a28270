"""A case is its id: what is printed is read back, and what cannot be read says why."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import given
from jaxtyping import Float

import manual.recurrent.gru
from gradcheck import Case, CaseIdError, check, declare
from gradcheck.cases.designed import list_designed_cases
from gradcheck.cases.designed_exact import list_designed_exact_cases
from gradcheck.cases.literals import Literals
from gradcheck.strategies import cases
from gradcheck.unit.declaration import Declaration
from tests.harness import elman, elman_reference

ELMAN, GRU = declare(elman.elman), declare(manual.recurrent.gru.gru)
READS = "a case id looks like T=2,B=1,I=3,H=4,seed=7,layout=reversed,none=h_T+c_T"
SIZES = "T=2,B=1,I=3,H=4"


@given(cases(GRU))
def test_what_is_printed_is_read_back(case: Case) -> None:
    assert Case.parse(str(case), GRU) == case


@pytest.mark.parametrize("declaration", [ELMAN, GRU], ids=["elman", "gru"])
def test_every_designed_case_is_read_back(declaration: Declaration) -> None:
    literals = Literals((48,), (2.5, -1e20, 1e-12))
    for case in (*list_designed_cases(declaration, literals), *list_designed_exact_cases(declaration, literals)):
        assert Case.parse(str(case), declaration) == case


def test_the_case_id_prints_what_is_not_the_default() -> None:
    assert str(Case.parse(SIZES, GRU)) == f"{SIZES},seed=0"
    whole = f"{SIZES},seed=7,dtype=float32,layout=fortran,upstream=last,scale=long,none=ys+h_T,absent=h_0,reset=before"
    assert str(Case.parse(whole, GRU)) == whole


def test_order_spaces_and_defaults_do_not_matter() -> None:
    loose = " seed=3, H=4 ,I=3, reset=after,B=1,dtype=float64,T=2,"
    assert Case.parse(loose, GRU) == Case.parse(f"{SIZES},seed=3", GRU)


def optioned(
    x: Float[elman.Array, "T B H"], *, flag: Literal[False, True] = False, power: Literal[1, 2] = 1
) -> tuple[elman.Output, Callable[..., Any]]: ...


def test_options_are_read_as_the_values_they_are() -> None:
    case = Case.parse("T=1,B=1,H=1,flag=True,power=2", declare(optioned))
    assert case.options == {"flag": True, "power": 2}
    assert type(case.options["flag"]) is bool
    assert Case.parse(str(case), declare(optioned)) == case


ERRORS = {
    "T": "case 'T': it has no '='; " + READS,
    "T=2": "case 'T=2': the size of B, I, H is missing; " + READS,
    "": "case '': the size of T, B, I, H is missing; " + READS,
    "T=two": "case 'T=two': 'two' is not a whole number of at least 0; " + READS,
    "T=-1": "case 'T=-1': '-1' is not a whole number of at least 0; " + READS,
    "T=2.0": "case 'T=2.0': '2.0' is not a whole number of at least 0; " + READS,
    f"{SIZES},T=3": "case 'T=3': T is given twice; " + READS,
    f"{SIZES},seed=1,seed=2": "case 'seed=2': seed is given twice; " + READS,
    f"{SIZES},seed=-1": "case 'seed=-1': '-1' is not a whole number of at least 0; " + READS,
    f"{SIZES},seed={2**64}": f"case 'seed={2**64}': {2**64} is not below {2**64}; take a smaller one",
    f"{SIZES},V=3": f"case 'V=3': elman has no 'V'; it has T, B, I, H; {READS}",
    f"{SIZES},dtype=float16": "case 'dtype=float16': 'float16' is not one of float64, float32; choose one of them",
    f"{SIZES},layout=c": "case 'layout=c': 'c' is not one of contiguous, strided, reversed, fortran, readonly, "
    "padded, transposed, flipped, broadcast; "
    "choose one of them",
    f"{SIZES},upstream=": "case 'upstream=': '' is not one of all, last, ones, constant, huge, tiny, onehot; "
    "choose one of them",
    f"{SIZES},scale=big": "case 'scale=big': 'big' is not one of normal, saturated, long; choose one of them",
    f"{SIZES},none=c_T": "case 'none=c_T': 'c_T' is not one of ys, h_T; choose one of them",
    f"{SIZES},none=ys+ys": "case 'none=ys+ys': ys is given twice; " + READS,
    f"{SIZES},layout=x:c": "case 'layout=x:c': 'c' is not one of contiguous, strided, reversed, fortran, readonly, "
    "padded, transposed, flipped, broadcast; choose one of them",
    f"{SIZES},calls=2": "case 'calls=2': '2' is not one of 1, 3, 9, changed, resized; choose one of them",
    f"{SIZES},values=zero": "case 'values=zero': 'zero' names no array; write values=h_0:zero",
    f"{SIZES},values=y:zero": "case 'values=y:zero': 'y' is not one of x, weight_ih, weight_hh, bias_ih, bias_hh, h_0, "
    "d.ys, d.h_T; choose one of them",
    f"{SIZES},values=x:high": "case 'values=x:high': 'high' is not one of zero, ones, positive, negative, onehot, "
    "rows, steps, entries, zerorow, identity, symmetric, tails, raised, lowered, diagonal, near, small, aroundN, "
    "timesN, like.NAME; choose one",
    f"{SIZES},same=x+x": "case 'same=x+x': x is given twice; " + READS,
    f"{SIZES},absent=x": "case 'absent=x': 'x' is not one of h_0; choose one of them",
}


@pytest.mark.parametrize("case_id", ERRORS)
def test_a_case_id_that_does_not_fit_says_why(case_id: str) -> None:
    with pytest.raises(CaseIdError) as error:
        check(elman.elman, elman_reference.elman, case=case_id)
    assert str(error.value) == ERRORS[case_id]


def test_a_choice_that_is_none_says_which_there_are() -> None:
    with pytest.raises(CaseIdError) as error:
        Case.parse(f"{SIZES},reset=never", GRU)
    assert str(error.value) == "case 'reset=never': 'never' is not one of after, before; choose one of them"


def test_the_largest_seed_is_a_case() -> None:
    report = check(elman.elman, elman_reference.elman, case=f"{SIZES},seed={2**64 - 1}")
    assert (report.verdict, report.cases, report.checks[-2].status) == ("agrees", 1, "passed")
