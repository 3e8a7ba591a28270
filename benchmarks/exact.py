"""The exact judge on the LSTM: one trial, a full certificate, growth with T, beside torch.autograd.gradcheck.

    python benchmarks/exact.py [--quick]

Medians of interleaved runs; one BLAS and torch thread.  B=2, I=H=3.
"""

import os
import sys
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from benchmarks._side_by_side import medians
from gradcheck import declare, draw_arrays
from gradcheck.cases.case import Case
from gradcheck.exact import decide_adjoint, prove_unit
from gradcheck.zoo.torch_gradcheck import run_gradcheck
from manual.lstm import lstm

Inputs = dict[str, np.ndarray]


def inputs(T: int) -> Inputs:
    return draw_arrays(declare(lstm), Case({"T": T, "B": 2, "I": 3, "H": 3}, 1)).inputs


def main() -> None:
    quick = "--quick" in sys.argv
    at = inputs(4)
    functions = {
        "one trial": lambda: decide_adjoint(lstm, at),
        "certificate, 2^-128": lambda: prove_unit(lstm, at),
        "torch gradcheck, fast": lambda: run_gradcheck(lstm, at, ("ys",), fast=True),
        "torch gradcheck, slow": lambda: run_gradcheck(lstm, at, ("ys",), fast=False),
    }
    times = medians(functions, 3 if quick else 15)
    print("LSTM, T=4, B=2, I=3, H=3")
    for name, seconds in times.items():
        print(f"  {name:<24}{seconds * 1e3:9.1f} ms {seconds / times['one trial']:9.2f} trials")
    lengths = (8, 16) if quick else (8, 16, 32, 64)
    growth = medians({str(T): partial(decide_adjoint, lstm, inputs(T)) for T in lengths}, 3 if quick else 9)
    print("one trial by T")
    previous = None
    for T, seconds in growth.items():
        ratio = "" if previous is None else f"{seconds / previous:9.2f} x the half"
        print(f"  T={T:<22}{seconds * 1e3:9.1f} ms {ratio}")
        previous = seconds


if __name__ == "__main__":
    main()
