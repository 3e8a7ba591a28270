"""What is read of a unit's source: its integers, thresholds, sentinels and conditions, and those of its helpers."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float, Int

from gradcheck import declare
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


LITERALS = read_literals(unit, declare(unit))


def test_integers_of_the_unit_and_its_helpers_are_sizes() -> None:
    assert LITERALS.integers == (20, 48, 100)


def test_thresholds_are_what_is_compared_and_clipped_to() -> None:
    assert {-7.5, 2.5} <= set(LITERALS.thresholds)


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
