"""The arrays of a case follow from its id alone, on any machine."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given
from jaxtyping import Bool, Complex, Float, Int

from gradcheck import Case, DeclarationError, declare, draw_arrays
from gradcheck.cases.arrays import KINK_MARGIN
from gradcheck.strategies import cases
from tests.harness import elman

ELMAN = declare(elman.elman)
SIZES = "T=3,B=2,I=4,H=5"


def kinds(
    z: Complex[elman.Array, "T B H"],
    labels: Annotated[Int[elman.Array, "T B"], "-1 <= labels < H"],
    lengths: Annotated[Int[elman.Array, " B"], "1 <= lengths <= T"],
    window: Annotated[int, "1 <= window <= T"],
    mask: Bool[elman.Array, "T B"],
    weight_hh: Float[elman.Array, "4*H H"],
) -> tuple[elman.Output, Callable[..., Any]]: ...


KINDS = declare(kinds)


def drawn(case_id: str, declaration: Any = ELMAN) -> dict[str, Any]:
    arrays = draw_arrays(declaration, Case.parse(case_id, declaration))
    return arrays.inputs | {f"d{n}": u for n, u in arrays.upstream.items()}


def test_the_numbers_are_these() -> None:
    arrays = drawn("T=1,B=1,I=2,H=2,seed=7")
    assert arrays["x"].ravel().tolist() == [-0.3567771911621094, -0.4759521484375]
    assert arrays["dh_T"].ravel().tolist() == [1.0837364196777344, -1.1059532165527344]
    assert arrays["weight_ih"].ravel().tolist() == [
        -0.17316818237304688,
        -0.051349639892578125,
        -0.16705322265625,
        0.4542427062988281,
    ]
    assert drawn("T=3,B=4,H=3,seed=7", KINDS)["labels"].tolist() == [[1, 2, -1, -1], [-1, 0, 1, 0], [-1, 0, -1, 2]]


@given(cases(ELMAN))
def test_the_same_case_id_gives_the_same_numbers(case: Case) -> None:
    first, second = drawn(str(case)), drawn(str(case))
    for name, array in first.items():
        assert array is None or np.array_equal(array, second[name])


@given(cases(ELMAN))
def test_every_number_is_exact_in_float32_whatever_the_dtype(case: Case) -> None:
    for array in drawn(str(case)).values():
        if array is not None:
            assert array.dtype == case.dtype
            assert np.array_equal(array, array.astype(np.float32).astype(array.dtype))


@given(cases(ELMAN))
def test_no_number_of_ordinary_size_is_closer_to_zero_than_the_margin(case: Case) -> None:
    for name, array in drawn(str(case)).items():
        random = name not in dict(case.values) and (name != "dh_T" or case.upstream in ("all", "last"))
        if array is not None and random and name in ("x", "h_0", "dh_T"):
            assert np.abs(array).min(initial=1.0) >= KINK_MARGIN


def test_another_seed_and_another_name_give_other_numbers() -> None:
    one, two = drawn(f"{SIZES},seed=1"), drawn(f"{SIZES},seed=2")
    assert not any(np.intersect1d(one[n], two[n]).size for n in one)
    assert not np.array_equal(one["bias_ih"], one["bias_hh"])
    assert not np.array_equal(one["dys"][-1], one["dh_T"])


def test_the_numbers_are_near_normal() -> None:
    x = drawn("T=50,B=20,I=20,H=1")["x"]
    assert abs(x.mean()) < 0.03
    assert 0.98 < x.std() < 1.04
    assert 2.5 < np.abs(x).max() < 4


def test_a_switch_that_is_no_number_leaves_the_numbers_alone() -> None:
    plain = drawn(f"{SIZES},seed=5")
    for switch in ("layout=fortran", "layout=reversed", "layout=strided", "dtype=float32", "none=h_T", "absent=h_0"):
        for name, array in drawn(f"{SIZES},seed=5,{switch}").items():
            assert array is None or np.array_equal(array, plain[name])


LAYOUTS: dict[str, Callable[[np.ndarray[Any, Any]], bool]] = {
    "contiguous": lambda a: a.flags.c_contiguous and a.flags.writeable,
    "strided": lambda a: a.strides[-1] == 2 * a.itemsize and not a.flags.c_contiguous,
    "reversed": lambda a: all(s < 0 for s in a.strides),
    "fortran": lambda a: a.flags.f_contiguous and a.flags.c_contiguous == (a.ndim == 1),
    "readonly": lambda a: not a.flags.writeable,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_the_strides_and_flags_it_promises(layout: str) -> None:
    for array in drawn(f"{SIZES},layout={layout}").values():
        assert LAYOUTS[layout](array)


@given(cases(KINDS))
def test_integers_masks_and_complex_numbers_are_as_declared(case: Case) -> None:
    arrays, sizes = draw_arrays(KINDS, case).inputs, case.sizes
    assert -1 <= arrays["labels"].min() <= arrays["labels"].max() < sizes["H"]
    assert 1 <= arrays["lengths"].min() <= arrays["lengths"].max() <= sizes["T"]
    assert type(arrays["window"]) is int
    assert 1 <= arrays["window"] <= sizes["T"]
    assert arrays["mask"].dtype == bool
    assert arrays["z"].dtype == ("complex128" if case.dtype == "float64" else "complex64")
    if "z" not in dict(case.values):
        assert np.abs(arrays["z"].imag).min() >= KINK_MARGIN / 2


def test_masks_hold_both_values_and_integers_all() -> None:
    arrays = drawn("T=20,B=5,H=3", KINDS)
    assert set(np.unique(arrays["mask"])) == {False, True}
    assert arrays["mask"].mean() > 0.5
    assert set(np.unique(arrays["labels"])) == {-1, 0, 1, 2}


def test_none_and_absent_leave_out_what_they_name() -> None:
    arrays = drawn(f"{SIZES},none=ys,absent=h_0")
    assert arrays["dys"] is None
    assert "h_0" not in arrays
    assert arrays["dh_T"].shape == (2, 5)


def test_a_range_that_holds_no_value_at_some_size_is_a_bad_declaration() -> None:
    def lagged(
        x: Float[elman.Array, "T B H"], lag: Annotated[int, "1 <= lag < T"]
    ) -> tuple[elman.Output, Callable[..., Any]]: ...

    declaration = declare(lagged)
    assert drawn("T=2,B=1,H=1", declaration)["lag"] == 1
    with pytest.raises(DeclarationError) as error:
        drawn("T=1,B=1,H=1", declaration)
    reason = "its range 1 to 0 is empty at T=1, B=1, H=1"
    assert str(error.value) == f"lagged: argument lag: {reason}; declare one that holds a value at every size"
