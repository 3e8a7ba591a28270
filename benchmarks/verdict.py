"""What a verdict costs: one LSTM case beside torch.autograd.gradcheck, the harness's own share, the whole library.

    python benchmarks/verdict.py [--quick] [--json FILE]

One LSTM case at B=2, I=H=4 climbs every rung but teeth; exact arithmetic is run at sizes up to 8, so at T=8 and not
beyond.  gradcheck judges the same backward from the same outputs, in its slow and in its fast mode.  Medians of
interleaved runs, one BLAS and torch thread.  The own share is what is left of a case when the forwards and backwards of
the unit, of the reference and of the outside implementation are taken away.  Of the library, processor seconds are
told, those of the workers that try planted faults included: on two cores half of them is the least that it can take.
"""

import argparse
import functools
import json
import os
import resource
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
from gradcheck import discover, draw, examine
from gradcheck.case import Case
from gradcheck.subject import Subject
from gradcheck.zoo.torch_gradcheck import complaint

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS = ("ys", "h_T", "c_T")
AIMS = {20: 20, 40: None, 80: 100}
"""How many times the time of a verdict gradcheck's slow mode should take, by T."""


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


def address(T: int) -> str:
    return f"T={T},B=2,I=4,H=4,seed=1"


def beside_gradcheck(lstm: Subject, T: int, rounds: int) -> dict[str, float]:
    """Median seconds of a verdict, and of gradcheck fast and slow."""
    inputs = draw(lstm.declaration, Case.parse(address(T), lstm.declaration)).inputs
    return medians(
        {
            "verdict": lambda: examine(lstm, case=address(T)),
            "fast": lambda: complaint(lstm.unit, inputs, OUTPUTS, fast=True),
            "slow": lambda: complaint(lstm.unit, inputs, OUTPUTS, fast=False),
        },
        rounds,
    )


def own_share(subject: Subject, case: str, rounds: int) -> float:
    """What the harness itself takes of a case, over what the arithmetic takes that it checks; the median."""
    clock = Clock()
    outside = None if subject.outside is None else clock.timed(subject.outside)
    timed = Subject(subject.name, clock.unit(subject.unit), clock.timed(subject.reference), outside)
    ratios = []
    with mock.patch("torch.autograd.grad", clock.timed(torch.autograd.grad)):
        for _ in range(rounds + 1):
            clock.seconds, started = 0.0, time.perf_counter()
            examine(timed, case=case)
            whole = time.perf_counter() - started
            ratios.append((whole - clock.seconds) / clock.seconds)
    return sorted(ratios[1:])[rounds // 2]


def processor_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usages)


def library(cases: int) -> dict[str, float]:
    """Processor seconds of each unit: random cases, exact arithmetic, eight planted faults."""
    seconds = {}
    for pair in discover(ROOT):
        started = processor_seconds()
        report = examine(pair.load(), cases=cases, mutants=8)
        seconds[pair.name] = processor_seconds() - started
        print(f"  {pair.name:<26}{seconds[pair.name]:7.2f} s  {report.verdict}", flush=True)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="T=20 and 40 alone, and 2 cases a unit")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    lstm = next(pair for pair in discover(ROOT) if pair.name == "lstm").load()
    rounds, cases = (1, 2) if options.quick else (5, 200)
    beside: dict[int, dict[str, float]] = {}
    print("one LSTM case, B=2, I=H=4; gradcheck over verdict in brackets", flush=True)
    for T, aim in AIMS.items():
        if options.quick and T > 40:
            continue
        times = beside[T] = beside_gradcheck(lstm, T, rounds)
        times["own"] = own_share(lstm, address(T), 3 * rounds)
        ratios = [
            f"{who} {times[who] * 1e3:8.1f} ms ({times[who] / times['verdict']:5.1f})" for who in ("fast", "slow")
        ]
        wanted = "" if aim is None else f"   aim: slow ({aim})"
        own = f"own share {times['own']:.2f}"
        print(f"  T={T:<4}verdict {times['verdict'] * 1e3:6.1f} ms   {'   '.join(ratios)}   {own}{wanted}", flush=True)
    proved = medians({"T=8": lambda: examine(lstm, case=address(8))}, 2 * rounds)["T=8"]
    print(f"  T=8   verdict {proved * 1e3:6.1f} ms, exact arithmetic included", flush=True)
    print(f"the whole library, {cases} cases a unit", flush=True)
    seconds = library(cases)
    print(f"  {len(seconds)} units{sum(seconds.values()):25.1f} s of one core   aim: 120 s at 200 cases")
    if options.json is not None:
        figures = {"lstm": beside, "proved": proved, "cases": cases, "library": seconds}
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
