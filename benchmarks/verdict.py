"""What a verdict costs: one LSTM case beside torch.autograd.gradcheck, and the harness's own share.

    python benchmarks/verdict.py [--quick] [--json FILE]

One LSTM case at B=2, I=H=4 passes every check but mutation; exact arithmetic is run at sizes up to 8, so at T=8 and not
beyond.  gradcheck judges the same backward from the same outputs, in its slow and in its fast mode.  Medians of
interleaved runs, one BLAS and torch thread.  The own share is what is left of a case when the forwards and backwards of
the unit, of the reference and of the third-party implementation are taken away.
"""

import argparse
import functools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from benchmarks._side_by_side import medians
from gradcheck import discover, draw_arrays, examine
from gradcheck.cases.case import Case
from gradcheck.unit.subject import Subject
from gradcheck.zoo.torch_gradcheck import run_gradcheck

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS = ("ys", "h_T", "c_T")
ROUNDS = {20: 5, 40: 3, 80: 1}


class Clock:
    """The seconds spent in wrapped functions, those they call among themselves counted once."""

    def __init__(self) -> None:
        self.seconds, self.depth = 0.0, 0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            started, self.depth = time.perf_counter(), self.depth + 1
            try:
                return function(*args, **kwargs)
            finally:
                self.depth -= 1
                self.seconds += (time.perf_counter() - started) * (self.depth == 0)

        return wrapper

    def unit(self, unit: Callable[..., Any]) -> Callable[..., Any]:
        """A unit whose forward and backward are timed."""
        forward = self.timed(unit)

        @functools.wraps(unit)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            outputs, backward = forward(*args, **kwargs)
            return outputs, self.timed(backward)

        return wrapper


def format_case_id(T: int) -> str:
    return f"T={T},B=2,I=4,H=4,seed=1"


def beside_gradcheck(lstm: Subject, T: int, rounds: int) -> dict[str, float]:
    """Median seconds of a verdict, and of gradcheck fast and slow."""
    inputs = draw_arrays(lstm.declaration, Case.parse(format_case_id(T), lstm.declaration)).inputs
    return medians(
        {
            "verdict": lambda: examine(lstm, case=format_case_id(T)),
            "fast": lambda: run_gradcheck(lstm.unit, inputs, OUTPUTS, fast=True),
            "slow": lambda: run_gradcheck(lstm.unit, inputs, OUTPUTS, fast=False),
        },
        rounds,
    )


def own_share(subject: Subject, case: str, rounds: int) -> float:
    """What the harness itself takes of a case, over what the arithmetic takes that it checks; the median."""
    clock = Clock()
    third_party = None if subject.third_party is None else clock.timed(subject.third_party)
    timed = Subject(subject.name, clock.unit(subject.unit), clock.timed(subject.reference), third_party)
    ratios = []
    with mock.patch("torch.autograd.grad", clock.timed(torch.autograd.grad)):
        for _ in range(rounds + 1):
            clock.seconds, started = 0.0, time.perf_counter()
            examine(timed, case=case)
            whole = time.perf_counter() - started
            ratios.append((whole - clock.seconds) / clock.seconds)
    return sorted(ratios[1:])[rounds // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="T=20 alone, once")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    lstm = next(pair for pair in discover(ROOT) if pair.name == "lstm").load()
    beside = []
    print(
        "one LSTM case, B=2, I=H=4, every check but exact and mutation; gradcheck over verdict in brackets", flush=True
    )
    for T, rounds in ROUNDS.items():
        if options.quick and T > 20:
            continue
        times = beside_gradcheck(lstm, T, 1 if options.quick else rounds)
        ratios = {who: times[who] / times["verdict"] for who in ("fast", "slow")}
        own = own_share(lstm, format_case_id(T), 3 if options.quick else 15)
        beside.append({"T": T, "seconds": times, "gradcheck over verdict": ratios, "own share": own})
        shown = [f"{who} {times[who] * 1e3:8.1f} ms ({ratio:5.1f})" for who, ratio in ratios.items()]
        print(
            f"  T={T:<4}verdict {times['verdict'] * 1e3:6.1f} ms   {'   '.join(shown)}   own share {own:.2f}",
            flush=True,
        )
    proved = medians({"T=8": lambda: examine(lstm, case=format_case_id(8))}, 3 if options.quick else 15)["T=8"]
    print(f"  T=8   verdict {proved * 1e3:6.1f} ms, exact arithmetic included", flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps({"lstm": beside, "T=8 with exact": proved}, indent=2) + "\n")


if __name__ == "__main__":
    main()
