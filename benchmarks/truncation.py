"""A BPTT that stops after a window, judged by gradcheck and by torch.autograd.gradcheck, slow and fast.

    python benchmarks/truncation.py

The function is an LSTM with the loss on its last state only, whose backward never goes further back than `window`
steps: the gradients of all earlier inputs and of the initial states are zero.  B=2, I=H=3, float64.
"""

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gradcheck import GradientMismatch, check, declare, draw_arrays
from gradcheck.cases.case import Case
from gradcheck.zoo.torch_gradcheck import run_gradcheck
from manual import lstm as manual
from reference import lstm as reference

WINDOWS = ((32, 24), (40, 20), (60, 20), (100, 20))


def truncated(window: int) -> Callable[..., Any]:
    """The manual LSTM with a backward that stops after `window` steps."""

    @functools.wraps(manual.lstm)
    def lstm(**inputs: Any) -> Any:
        x, rest = inputs.pop("x"), inputs
        cut = max(len(x) - window, 0)
        early, _ = manual.lstm(x[:cut], **rest)
        late, late_backward = manual.lstm(x[cut:], **{**rest, "h_0": early.h_T, "c_0": early.c_T})

        def backward(d: manual.LSTMOutput) -> dict[str, Any]:
            dys = None if d.ys is None else d.ys[cut:]
            gradients = late_backward(manual.LSTMOutput(dys, d.h_T, d.c_T))
            nothing = {name: np.zeros_like(gradients[name]) for name in ("h_0", "c_0")}
            return {**gradients, **nothing, "x": np.concatenate((np.zeros_like(x[:cut]), gradients["x"]))}

        return manual.LSTMOutput(np.concatenate((early.ys, late.ys)), late.h_T, late.c_T), backward

    return lstm


def by_gradcheck(unit: Callable[..., Any], case: Case) -> tuple[str, float]:
    started = time.perf_counter()
    try:
        check(unit, reference.lstm, case=str(case))
        said = "passes it"
    except GradientMismatch as mismatch:
        said = f"wrong, {mismatch.report.failure.ratio:.0e} x tolerance"
    return said, time.perf_counter() - started


def by_torch(unit: Callable[..., Any], case: Case, *, fast: bool) -> tuple[str, float]:
    inputs = draw_arrays(declare(manual.lstm), case).inputs
    started = time.perf_counter()
    right = not run_gradcheck(unit, inputs, ("h_T",), fast=fast)
    return "passes it" if right else "wrong", time.perf_counter() - started


def main() -> None:
    print(f"{'T':>4} {'window':>6}  {'gradcheck (this project)':<34} {'torch slow':<22} {'torch fast':<22}")
    for T, window in WINDOWS:
        case = Case({"T": T, "B": 2, "I": 3, "H": 3}, 1, none=("ys", "c_T"))
        unit = truncated(window)
        results = [by_gradcheck(unit, case), by_torch(unit, case, fast=False), by_torch(unit, case, fast=True)]
        cells = [f"{said} ({seconds * 1e3:.0f} ms)" for said, seconds in results]
        print(f"{T:>4} {window:>6}  {cells[0]:<34} {cells[1]:<22} {cells[2]:<22}")


if __name__ == "__main__":
    main()
