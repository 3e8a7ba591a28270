"""What is read of a unit's source: its integers, thresholds, sentinels and conditions, and those of its helpers."""

import ast
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from jaxtyping import Bool, Float, Int

from gradcheck import declare
from gradcheck.cases.constants import Scope
from gradcheck.cases.designed import list_designed_cases
from gradcheck.cases.literals import Condition, read_literals
from gradcheck.cases.sequence import CaseSequence
from tests.harness import elman

TILE = 48
UNUSED = 333


def helper(values: elman.Array) -> elman.Array:
    return np.where(values > 2.5, values, np.clip(values, -7.5, None))[:TILE]


def unit(
    x: Float[elman.Array, "T B 5*H"],
    labels: Annotated[Int[elman.Array, "T B"], "0 <= labels < H"],
    h_0: Float[elman.Array, "B H"] | None = None,
) -> tuple[elman.Output, Callable[..., Any]]:
    """Not read: 99."""
    H = x.shape[2]
    if (labels == -100).any() or (H > 20 and h_0 is None):
        return helper(x[:1000])
    return helper(x)  # type: ignore[return-value]


class Watched:
    @property
    def y(self) -> int:
        raise AssertionError

    def __getattr__(self, name: str) -> int:
        raise AssertionError

    def __getitem__(self, key: object) -> int:
        raise AssertionError

    def __add__(self, other: object) -> int:
        raise AssertionError


class Config:
    limit = 3e4


SETTINGS = {"dead": 1e-9}
CAPS = (-40.0, 2**3 * 5.0)
SIZES = (4, 5, 6, 7, 8, 9, 16, 64)


def tiled(values: elman.Array, tile: int = 3 * 128) -> elman.Array:
    return values[:tile]


def bounded(values: elman.Array, most: float = 7e5, least: float = -np.sqrt(1e-8)) -> elman.Array:
    return np.clip(np.clip(values, *CAPS), a_min=least, a_max=most)


def folded(x: Float[elman.Array, "T B H"]) -> tuple[elman.Output, Callable[..., Any]]:
    sizes = [x[: 2**9 + 1], x[: TILE * 2], tiled(x), x[:1000], x[: len(x) >> 10], SIZES]
    sizes += [bounded(x, least=float("-1e-12")) for _ in range(11)]
    if len(x) > Config.limit or (np.abs(x) < SETTINGS["dead"]).any() or 10**-6 < sizes[0] < 0.25:
        return sizes  # type: ignore[return-value]
    return sizes  # type: ignore[return-value]


LITERALS = read_literals(unit, declare(unit))


def test_integers_of_the_unit_and_its_helpers_are_sizes() -> None:
    assert LITERALS.integers == (20, 48, 100)


def test_thresholds_are_what_is_compared_and_clipped_to() -> None:
    assert {-7.5, 2.5} <= set(LITERALS.thresholds)


def test_numbers_are_what_expressions_of_constants_come_to() -> None:
    read = read_literals(folded, declare(folded))
    assert set(read.thresholds) == {7e5, -1e-4, -1e-12, -40.0, 40.0, 3e4, 1e-9, 1e-6, 0.25}
    assert {513, 384, 96} <= set(read.integers)
    assert read.limits == (1000, 1024, 2048)


def test_integers_that_are_sizes_anyway_leave_room_for_others() -> None:
    read = read_literals(folded, declare(folded))
    assert read.telling[:4] == [10, 11, 48, 96]
    sizes = {case.sizes["B"] for case in list_designed_cases(declare(folded), read)}
    assert {95, 96, 97, 193, 383, 385, 512, 513, 514, 1001, 1025, 2049} <= sizes


def test_a_function_of_the_source_is_not_called() -> None:
    called = []
    scope = Scope({"f": called.append, "Config": Config, "x": Watched()})
    assert [scope.read_number(ast.parse(text, mode="eval").body) for text in ("f(1)", "x.y", "x + 1", "x[0]")] == [
        None
    ] * 4
    assert called == []
    assert scope.read_number(ast.parse("Config.limit / 2", mode="eval").body) == 1.5e4
    assert scope.read_number(ast.parse("9**99**9", mode="eval").body) is None


def test_sentinels_belong_to_the_input_that_is_compared() -> None:
    assert LITERALS.sentinels == {"labels": (-100,)}


def test_a_condition_on_sizes_and_none_is_a_case() -> None:
    assert LITERALS.conditions[0] == Condition({"H": 21}, (), ("h_0",))


def test_each_integer_is_met_by_each_letter_within_the_default_cases() -> None:
    sequence = CaseSequence(declare(unit), 0, LITERALS)
    cases = [sequence[250 * block + place] for block in range(4) for place in range(25)]
    for letter in ("T", "B"):
        assert {47, 48, 49, 97} <= {case.sizes[letter] for case in cases}
    assert any(dict(case.values).get("labels") == "has-100" for case in cases)
    assert any("around2.5" in dict(case.values).values() for case in cases)


def conditional(
    x: Float[elman.Array, "T B H"], mask: Bool[elman.Array, "T B"], h_0: Float[elman.Array, "B H"] | None = None
) -> tuple[elman.Output, Callable[..., Any]]:
    T, B, H = x.shape
    many, wide, single = B > 40, H > T, x.dtype == np.float32
    return many and wide and single and x.flags.f_contiguous  # type: ignore[return-value]


def test_conditions_that_the_source_has_apart_are_met_together() -> None:
    read = read_literals(conditional, declare(conditional))
    assert read.precise
    assert read.layouts == (("x", "fortran"),)
    cases = [c for c in list_designed_cases(declare(conditional), read)[:95] if c.sizes == {"T": 3, "B": 41, "H": 5}]
    assert {("float32", "x:fortran"), ("float64", "contiguous")} <= {(c.dtype, c.layout) for c in cases}
    assert {("mask", "nocolumn"), ("mask", "true")} <= {pair for c in cases for pair in c.values}
    assert {"h_0", "ys", "h_T"} <= {name for c in cases for name in (*c.absent, *c.none)}
