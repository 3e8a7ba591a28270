"""A recurrence so chaotic that rounding decides it is counted and skipped, neither passed nor failed."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from gradcheck import Subject, examine
from tests.harness.elman import Array, Output
from tests.harness.plant import altered

Backward = Callable[[Output], dict[str, Array]]


def sine_map(x: Float[Array, "T B H"], h_0: Float[Array, "B H"]) -> tuple[Output, Backward]:
    """h_t = sin(4 h_(t-1) + x_t): neighbouring states part by a factor of 2 a step, and it rounds as no other does."""
    T = len(x)
    hs = np.concatenate((h_0[None], np.zeros_like(x)))
    for t in range(T):
        hs[t + 1] = np.sin(3 * hs[t] + x[t] + hs[t])

    def backward(d: Output) -> dict[str, Array]:
        dx = np.zeros_like(x)
        dh = np.zeros_like(h_0) if d.h_T is None else d.h_T
        for t in reversed(range(T)):
            dx[t] = (dh if d.ys is None else dh + d.ys[t]) * np.cos(3 * hs[t] + x[t] + hs[t])
            dh = 4 * dx[t]
        return {"x": dx, "h_0": 4.0 * dx[0]}

    return Output(hs[1:].copy(), hs[-1].copy()), backward


def reference(x: Float[torch.Tensor, "T B H"], h_0: Float[torch.Tensor, "B H"]) -> Output:
    hs = [h_0]
    for x_t in x:
        hs.append(torch.sin(4 * hs[-1] + x_t))
    return Output(torch.stack(hs[1:]), hs[-1])


SUBJECT = Subject("sine_map", sine_map, reference)


def test_a_long_chaotic_case_is_neither_passed_nor_failed() -> None:
    report = examine(SUBJECT, case="T=100,B=2,H=3,seed=1")
    assert (report.cases, report.skipped, report.verdict) == (0, 1, "bad declaration")
    assert report.message == "sine_map: no case could be judged: rounding grows to the size of what is to be judged"


def test_a_short_case_of_the_same_unit_is_judged() -> None:
    report = examine(SUBJECT, case="T=5,B=2,H=3,seed=1")
    assert (report.verdict, report.cases, report.skipped) == ("agrees", 1, 0)


def test_of_random_cases_the_chaotic_ones_are_counted_apart() -> None:
    report = examine(SUBJECT)
    assert (report.verdict, report.cases) == ("proved", 100)
    assert report.skipped >= 10
    assert report.worst <= 1


def test_no_case_beyond_the_horizon_of_rounding_is_judged() -> None:
    judged = [examine(SUBJECT, case=f"T=40,B=1,H=1,seed={seed}").cases for seed in range(20)]
    assert sum(judged) == 0


def test_a_bug_is_still_found_among_them() -> None:
    wrong = altered(sine_map, lambda gradients: gradients.update(x=gradients["x"] * (1 + 1e-9)))
    report = examine(Subject("sine_map", wrong, reference))
    assert (report.verdict, report.failure.check) == ("wrong", "gradients")


class Beside(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]
    scaled: Float[Array, " H"]


class BesideReference(NamedTuple):
    ys: Float[torch.Tensor, "T B H"]
    h_T: Float[torch.Tensor, "B H"]
    scaled: Float[torch.Tensor, " H"]


def beside(
    x: Float[Array, "T B H"], h_0: Float[Array, "B H"], w: Float[Array, " H"]
) -> tuple[Beside, Callable[[Beside], dict[str, Array]]]:
    """A chaotic recurrence, and a tensor that has nothing to do with it."""
    states, pull_back = sine_map(x, h_0)

    def backward(d: Beside) -> dict[str, Array]:
        dw = np.zeros_like(w) if d.scaled is None else 3 * w * w * d.scaled
        return {**pull_back(Output(d.ys, d.h_T)), "w": dw}

    return Beside(*states, w**3), backward


def beside_reference(
    x: Float[torch.Tensor, "T B H"], h_0: Float[torch.Tensor, "B H"], w: Float[torch.Tensor, " H"]
) -> BesideReference:
    return BesideReference(*reference(x, h_0), w**3)


CHAOTIC = "T=100,B=2,H=3,seed=1"


def test_a_tensor_that_is_ill_conditioned_does_not_spoil_the_case_for_others() -> None:
    report = examine(Subject("beside", beside, beside_reference), case=CHAOTIC)
    assert (report.verdict, report.cases, report.skipped) == ("agrees", 1, 0)
    (note,) = [note for note in report.notes if "rounding" in note]
    assert note.startswith(f"not judged at {CHAOTIC}: rounding grows to the size of steps of ys, h_T")
    assert "dx" in note
    assert "dw" not in note


def test_a_fault_beside_it_is_found() -> None:
    wrong = altered(beside, lambda gradients: gradients.update(w=gradients["w"] * (1 + 1e-9)))
    report = examine(Subject("beside", wrong, beside_reference), case=CHAOTIC, diagnose=False)
    assert report.verdict == "wrong"
    assert " dw[" in report.message
