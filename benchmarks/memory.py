"""Peak memory of a training step and of a verdict, against T and H, with checkpointing and without.

    python benchmarks/memory.py [--quick] [--json FILE]

What NumPy and Python allocate at most (tracemalloc) from the start of the forward to the end of the backward of an
LSTM, B=16, I=8, float64, every gradient and the states of every step included; checkpointed, the state of every 32nd
step is kept, and the rest computed again.  Of a verdict: one case of the LSTM, B=2, through the numeric checks, without
what PyTorch allocates for itself.
"""

import argparse
import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gradcheck import discover, examine
from manual.recurrent.lstm import lstm_cell
from manual.shared.recurrence import Recurrence, checkpointed, full
from manual.shared.time_loop import Parameters

ROOT = Path(__file__).resolve().parent.parent
B, I, K = 16, 8, 32  # noqa: E741
STEPS, WIDTHS = (128, 512, 2048), (32, 128)


def megabytes(action: Callable[[], object]) -> float:
    tracemalloc.start()
    action()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def step(recurrence: Recurrence, T: int, H: int) -> Callable[[], object]:
    rng = np.random.default_rng(0)
    parameters = Parameters(*(rng.normal(size=s) / H**0.5 for s in ((4 * H, I), (4 * H, H), (4 * H,), (4 * H,))))
    x, zeros, upstream = rng.normal(size=(T, B, I)), np.zeros((B, H)), rng.normal(size=(B, H))
    return lambda: recurrence(x, parameters, (zeros, zeros)).backward([None, None], [upstream, None])


def training(steps: tuple[int, ...], widths: tuple[int, ...]) -> list[dict[str, Any]]:
    plain = full(lstm_cell)
    kept = {"full": plain, "checkpointed": checkpointed(plain, K)}
    kept["checkpointed, last state alone"] = checkpointed(plain, K, outputs=False)
    rows = []
    for T in steps:
        for H in widths:
            peaks = {name: megabytes(step(recurrence, T, H)) for name, recurrence in kept.items()}
            rows.append({"T": T, "H": H, "MB": peaks})
            print(f"  T={T:<6}H={H:<5}" + "   ".join(f"{n} {mb:8.1f} MB" for n, mb in peaks.items()), flush=True)
    return rows


def verdicts(steps: tuple[int, ...], widths: tuple[int, ...]) -> list[dict[str, Any]]:
    lstm = next(pair for pair in discover(ROOT) if pair.name == "lstm").load()
    examine(lstm, case="T=1,B=1,I=1,H=1,seed=0", exact=False)  # what is imported or cached at first is no part of it
    rows = []
    for T in steps:
        for H in widths:
            case = f"T={T},B=2,I={H},H={H},seed=0"
            peak = megabytes(lambda case=case: examine(lstm, case=case, exact=False))
            rows.append({"T": T, "H": H, "MB": peak})
            print(f"  T={T:<6}H={H:<5}verdict {peak:8.1f} MB", flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    print(f"peak memory of a training step, B={B}, I={I}, and of a verdict")
    quick = options.quick
    found = {
        "training": training((128,) if quick else STEPS, (32,) if quick else WIDTHS),
        "verdict": verdicts((20,) if quick else (20, 80), (4,) if quick else (4, 16)),
    }
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
