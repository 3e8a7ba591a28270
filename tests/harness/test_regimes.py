"""The regimes deliver what they promise, and every structure that hides a bug is drawn."""

from collections import Counter
from functools import cache

import hypothesis
import numpy as np
import pytest

from gradcheck import Case, Subject, declare, draw_arrays
from gradcheck.cases.sampling import LONG_STEPS, RARE_STEPS, draw_case, make_choice_source
from gradcheck.cases.vocabulary import CALLS, LAYOUTS, UPSTREAMS
from gradcheck.execution.run import Run
from gradcheck.strategies import cases
from tests.harness import elman, elman_reference

ELMAN = declare(elman.elman)
SUBJECT = Subject("elman", elman.elman, elman_reference.elman)


@cache
def three_hundred() -> list[Case]:
    return [draw_case(ELMAN, make_choice_source(0, number)) for number in range(300)]


@hypothesis.settings(max_examples=1, phases=[hypothesis.Phase.generate])
@hypothesis.given(cases(ELMAN))
def test_hypothesis_begins_with_the_simplest_case_too(case: Case) -> None:
    assert case == three_hundred()[0]


def test_a_case_depends_on_the_seed_and_its_number_alone() -> None:
    assert draw_case(ELMAN, make_choice_source(0, 7)) == three_hundred()[7]
    assert len({str(draw_case(ELMAN, make_choice_source(seed, 7))) for seed in range(20)}) == 20


def test_the_simplest_case_comes_first() -> None:
    assert str(three_hundred()[0]) == "T=1,B=1,I=1,H=1,seed=0"


def test_every_length_that_hides_a_bug_is_drawn() -> None:
    lengths = Counter(case.sizes["T"] for case in three_hundred())
    assert all(lengths[T] >= 5 for T in (1, 2, 3, 5))
    assert sum(n for T, n in lengths.items() if T > 24) >= 20


def test_sizes_are_often_pairwise_different() -> None:
    different = [len({c.sizes[n] for n in "BIH"}) == 3 for c in three_hundred()]
    assert np.mean(different) > 0.3
    assert {c.sizes["B"] == 1 for c in three_hundred()} == {True, False}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("dtype", {"float64", "float32"}),
        ("layout", {*LAYOUTS, "of each"}),
        ("upstream", set(UPSTREAMS)),
        ("calls", set(CALLS)),
        ("scale", {"normal", "saturated", "long"}),
        ("none", {(), ("ys",), ("h_T",)}),
        ("absent", {(), ("h_0",)}),
    ],
)
def test_every_switch_is_drawn_in_every_position(field: str, values: set[object]) -> None:
    drawn = [getattr(case, field) for case in three_hundred()]
    counts = Counter("of each" if field == "layout" and ":" in value else value for value in drawn)
    assert set(counts) == values
    assert min(counts.values()) >= 5


def test_last_gives_an_upstream_gradient_to_the_last_step_only() -> None:
    upstream = draw_arrays(ELMAN, Case.parse("T=5,B=2,I=1,H=3,upstream=last", ELMAN)).upstream
    assert not upstream["ys"][:-1].any()
    assert upstream["ys"][-1].all()
    assert upstream["h_T"].all()


def test_saturated_gates_are_saturated() -> None:
    hs = [Run(SUBJECT, Case.parse(f"T=9,B=3,I=3,H=4,scale=saturated,seed={k}", ELMAN)).outputs["ys"] for k in range(9)]
    assert np.mean(np.abs(hs) > 0.9) > 0.5
    assert np.median([np.abs(h).max() for h in hs]) > 0.999


@pytest.mark.parametrize(("T", "share"), [(12, 1), (24, 1), (32, 1), (40, 0.95), (60, 0.85), (100, 0.65)])
def test_long_lets_the_gradient_fall_as_far_as_promised(T: int, share: float) -> None:
    assert T in (*LONG_STEPS, *RARE_STEPS)
    falls = []
    for seed in range(20):
        case = Case.parse(f"T={T},B=2,I=3,H={1 + seed % 4},seed={seed},upstream=last,scale=long", ELMAN)
        steps = np.abs(Run(SUBJECT, case).gradients["x"]).max(axis=(1, 2))
        falls.append(-np.log10(steps[0] / steps[-1]))
    assert min(falls) > 4
    assert max(falls) < 48
    assert np.mean([8 <= fall <= 35 for fall in falls]) >= share
