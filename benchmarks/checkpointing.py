"""Peak memory and time of a checkpointed backward beside full BPTT, at T = 10,000.

    python benchmarks/checkpointing.py

An LSTM with B=16, I=1, H=32 in float64, a gradient arriving at its last state.  Memory is what NumPy and Python
allocate from the start of the forward to the end of the backward, outputs and gradients included (tracemalloc); the row
`last state alone` does without the outputs of the other steps.  Gradients are compared with those of a run in the same
blocks that keeps everything, bit for bit, and with full BPTT.
"""

import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from manual.recurrent.lstm import lstm_cell
from manual.shared.recurrence import Recurrence, checkpointed, full, in_blocks
from manual.shared.time_loop import LoopGradients, Parameters

T, B, I, H, K = 10_000, 16, 1, 32, 100  # noqa: E741
ROUNDS = 2


def pull(recurrence: Recurrence) -> LoopGradients:
    rng = np.random.default_rng(0)
    shapes = ((4 * H, I), (4 * H, H), (4 * H,), (4 * H,))
    parameters = Parameters(*(rng.normal(size=s) / H**0.5 for s in shapes))
    upstream = rng.normal(size=(B, H))
    run = recurrence(X, parameters, (np.zeros((B, H)), np.zeros((B, H))))
    return run.backward([None, None], [upstream, None])


X = np.random.default_rng(1).normal(size=(T, B, I))


def megabytes(recurrence: Recurrence) -> float:
    tracemalloc.start()
    pull(recurrence)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def main() -> None:
    plain = full(lstm_cell)
    recurrences = {"full": plain, "in blocks": in_blocks(plain, K), "checkpointed": checkpointed(plain, K)}
    recurrences["last state alone"] = checkpointed(plain, K, outputs=False)
    seconds = dict.fromkeys(recurrences, float("inf"))
    for _ in range(ROUNDS):
        for name, recurrence in recurrences.items():
            started = time.perf_counter()
            pull(recurrence)
            seconds[name] = min(seconds[name], time.perf_counter() - started)
    memory = {name: megabytes(recurrence) for name, recurrence in recurrences.items()}
    print(f"T={T} B={B} I={I} H={H} k={K}\n{'':18}{'peak':>10}{'':9}{'time':>9}")
    for name in recurrences:
        share, factor = memory[name] / memory["full"], seconds[name] / seconds["full"]
        print(f"{name:<18}{memory[name]:>7.1f} MB{share:>8.3f}x{seconds[name]:>7.2f} s{factor:>6.2f}x")
    checkpoint, blocks, whole = (pull(recurrences[n]).named for n in ("last state alone", "in blocks", "full"))
    print("bit for bit that of the same blocks, kept:", all(np.array_equal(checkpoint[n], blocks[n]) for n in blocks))
    furthest = max(np.abs(checkpoint[n] - whole[n]).max() / np.abs(whole[n]).max() for n in whole)
    print(f"from full BPTT, of the largest entry: {furthest:.1e}")


if __name__ == "__main__":
    main()
