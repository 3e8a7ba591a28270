"""BPTT cut off before the first step: wrong by less than torch.autograd.gradcheck tolerates, and judged wrong."""

from typing import Any

import numpy as np
import pytest
import torch

from gradcheck import Case, Subject, draw_arrays, examine
from tests.harness import elman, elman_reference
from tests.harness.plant import Unit, caught, planted


def truncated(steps: int) -> Unit:
    """The unit, its backward cut off after so many steps from the end; nothing reaches the initial state."""
    window = ("reversed(range(T))", f"reversed(range(max(0, T - {steps}), T))")
    return planted(window, ('"h_0": dh', f'"h_0": dh * (T <= {steps})'))


@pytest.mark.parametrize("scale", ["normal", "long"])
@pytest.mark.parametrize(("steps", "T"), [(24, 32), (20, 40), (20, 60), (20, 100)])
def test_is_judged_wrong_at_every_seed(steps: int, T: int, scale: str) -> None:
    subject = Subject("elman", truncated(steps), elman_reference.elman)
    for seed in range(5):
        case_id = f"T={T},B=2,I=3,H=4,seed={seed},upstream=last,scale={scale}"
        report = examine(subject, case=case_id, diagnose=False)
        assert (report.verdict, report.failure.check) == ("wrong", "gradients")
        assert {c.name for c in report.failure.comparisons if c.ratio > 1} >= {"x", "h_0"}


def test_the_steps_it_takes_are_named() -> None:
    subject = Subject("elman", truncated(24), elman_reference.elman)
    report = examine(subject, case="T=32,B=2,I=3,H=4,seed=0,upstream=last")
    assert "only with T >= 25" in report.diagnosis.location
    assert "at s = 0 to" in report.diagnosis.location


def test_is_found_among_random_cases() -> None:
    report = caught(truncated(24), "gradients", "unit d", ": manual ")
    assert report.smallest.sizes["T"] > 24


class Truncated(torch.autograd.Function):
    """The truncated unit as PyTorch sees it: the last state alone."""

    @staticmethod
    def forward(ctx: Any, *tensors: torch.Tensor) -> torch.Tensor:
        outputs, ctx.manual = truncated(24)(*(t.detach().numpy() for t in tensors))
        return torch.from_numpy(outputs.h_T)

    @staticmethod
    def backward(ctx: Any, upstream: torch.Tensor) -> tuple[torch.Tensor, ...]:
        gradients = ctx.manual(elman.Output(None, upstream.numpy().copy()))
        return tuple(torch.from_numpy(gradients[name]) for name in NAMES)


NAMES = ("x", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "h_0")


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("scale", ["normal", "long"])
def test_torchs_own_check_passes_it(scale: str, fast_mode: bool) -> None:
    subject = Subject("elman", truncated(24), elman_reference.elman)
    case = Case.parse(f"T=32,B=1,I=2,H=2,seed=1,upstream=last,scale={scale}", subject.declaration)
    inputs = draw_arrays(subject.declaration, case).inputs
    tensors = tuple(torch.from_numpy(np.array(inputs[name])).requires_grad_() for name in NAMES)
    assert torch.autograd.gradcheck(Truncated.apply, tensors, fast_mode=fast_mode)
    assert examine(subject, case=str(case)).verdict == "wrong"
