"""The tolerance: small enough to see an error of 1e-9 anywhere, never larger because a tensor is."""

from functools import cache
from typing import Any

import numpy as np
import pytest

import manual.recurrent.lstm
import reference.recurrent.lstm
from gradcheck import Case, Subject, examine
from gradcheck.errors import IllConditioned
from gradcheck.execution.run import Run
from gradcheck.judges.comparison import compare_tensor
from gradcheck.judges.oracle import choose_centring_factor
from gradcheck.judges.tolerance import RoundingSample, ToleranceModel
from tests.harness import elman, elman_reference

LSTM = Subject("lstm", manual.recurrent.lstm.lstm, reference.recurrent.lstm.lstm)
ELMAN = Subject("elman", elman.elman, elman_reference.elman)
NAMES = LSTM.declaration.differentiable
CASE_IDS = [
    "T=1,B=1,I=1,H=1,seed=1",
    "T=2,B=3,I=4,H=2,seed=2,upstream=last",
    "T=5,B=2,I=1,H=6,seed=3,none=ys",
    "T=40,B=2,I=3,H=4,seed=4",
    "T=100,B=1,I=2,H=3,seed=5,upstream=last",
    "T=9,B=2,I=3,H=4,seed=6,scale=saturated",
    "T=40,B=1,I=2,H=3,seed=7,scale=saturated,upstream=last",
    "T=24,B=2,I=3,H=4,seed=8,scale=long,upstream=last",
    "T=60,B=1,I=3,H=5,seed=9,scale=long,upstream=last",
    "T=200,B=1,I=1,H=2,seed=10,scale=long,upstream=last",
]


@cache
def run_of(case_id: str) -> Run:
    return Run(LSTM, Case.parse(case_id, LSTM.declaration))


@pytest.mark.parametrize("case_id", CASE_IDS)
@pytest.mark.parametrize("name", NAMES)
def test_an_error_of_1e9_in_any_single_entry_is_seen(case_id: str, name: str) -> None:
    run = run_of(case_id)
    judge, gradient = run.reference_result.gradients[name], run.gradients[name]
    time = LSTM.declaration.inputs[name].axis("T")
    axes = tuple(range(1 if time == 0 else 0, gradient.ndim))
    largest = np.broadcast_to(np.abs(judge).max(axis=axes, keepdims=True), gradient.shape)
    random = np.random.default_rng(0)
    for flat in random.choice(gradient.size, size=min(gradient.size, 12), replace=False):
        entry = np.unravel_index(flat, gradient.shape)
        if largest[entry] == 0:
            continue
        wrong = gradient.copy()
        wrong[entry] += 1e-9 * largest[entry] * np.sign(wrong[entry] - judge[entry] or 1)
        comparison = compare_tensor(name, wrong, judge, run.gradient_tolerances)
        assert comparison.ratio > 1
        assert comparison.worst[0].index == tuple(map(int, entry))


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_no_error_is_seen_where_there_is_none(case_id: str) -> None:
    report = examine(LSTM, case=case_id)
    assert (report.good, report.cases) == (True, 1)
    assert report.worst <= 1


def tolerances(exact: np.ndarray[Any, Any], error: np.ndarray[Any, Any], dtype: str = "float64") -> ToleranceModel:
    """The tolerances of `x` (T, B, I) whose float32 run is off by `error`."""
    spec = {"x": ELMAN.declaration.inputs["x"]}
    measured = ToleranceModel(
        spec, dtype, {"x": exact}, lambda k: RoundingSample({"x": exact}, {"x": exact + error}, 1.0)
    )
    measured.refine(1)
    return measured


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_tolerance_does_not_grow_with_the_number_of_entries(dtype: str) -> None:
    random = np.random.default_rng(0)
    exact = random.normal(size=(4, 1, 3))
    error = 1e-6 * random.normal(size=(4, 1, 3))
    few = tolerances(exact, error, dtype).tolerance("x")
    many = tolerances(exact.repeat(1000, axis=1), error.repeat(1000, axis=1), dtype).tolerance("x")
    assert few.shape == many.shape == (4, 1, 1)
    assert np.array_equal(few, many)


def test_what_is_within_the_rounding_unit_needs_no_sample() -> None:
    spec, exact = {"x": ELMAN.declaration.inputs["x"]}, np.ones((1, 2, 3))
    asked: list[int] = []
    measured = ToleranceModel(
        spec, "float64", {"x": exact}, lambda k: asked.append(k) or RoundingSample({"x": exact}, {"x": exact}, 1.0)
    )
    assert compare_tensor("x", exact * (1 + 15 * 2.0**-52), exact, measured).ratio < 1
    assert asked == []
    assert compare_tensor("x", exact * (1 + 18 * 2.0**-52), exact, measured).ratio > 1
    assert asked == [*range(64)]


def test_each_time_step_has_the_tolerance_of_its_own_magnitude() -> None:
    exact = 10.0 ** -np.arange(0, 30, 5).reshape(6, 1, 1)
    tolerance = tolerances(exact, 1e-7 * exact).tolerance("x")
    assert np.allclose(tolerance / exact, tolerance[0] / exact[0], rtol=1e-6)
    assert (tolerance < 1e-9 * exact).all()


def test_no_tolerance_exceeds_a_quarter_of_1e9_of_the_largest_entry() -> None:
    exact = np.ones((1, 2, 3))
    largest = tolerances(exact, 2.0**-6 * exact).tolerance("x")
    assert 2.0**-32 <= largest.item() < 2.5e-10


def test_rounding_beyond_that_is_ill_conditioned() -> None:
    exact = np.ones((1, 2, 3))
    measured = tolerances(exact, 1.01 * 2.0**-6 * exact)
    assert measured.tolerance("x") == np.inf
    assert measured.describe_left_out("d") == "rounding grows to the size of dx"
    with pytest.raises(IllConditioned, match="x"):
        measured.require_some_judged()


def test_only_the_steps_that_rounding_grows_to_are_left_out() -> None:
    exact = np.ones((2, 2, 3))
    measured = tolerances(exact, np.array([1e-7, 1.0]).reshape(2, 1, 1) * exact)
    assert (measured.tolerance("x") < np.inf).ravel().tolist() == [True, False]
    assert measured.describe_left_out() == "rounding grows to the size of steps of x"
    measured.require_some_judged()
    off = exact + np.array([1e-6, 1.0]).reshape(2, 1, 1)
    assert [ratio > 1 for ratio in compare_tensor("x", off, exact, measured).steps] == [True, False]


@pytest.mark.parametrize("largest", [5e-324, 1e-300, 1.0, 1e300, 0.0, np.inf])
def test_the_gradients_are_centred_by_a_power_that_there_is(largest):
    """A saturated softmax has gradients that nearly vanish, and no power of two takes these to 2^60."""
    factor = choose_centring_factor({"x": np.array([largest, 0.0])})
    assert 0 < factor < np.inf
    assert np.frexp(factor)[0] == 0.5
