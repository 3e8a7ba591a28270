"""A training step, forward and backward with every gradient, of the manual RNN, LSTM and GRU.

    python benchmarks/training.py [--quick] [--threads 1] [--json FILE]

Beside it, interleaved in the same run: torch.nn's module; the unrolled reference under autograd; and the floor, the
same matrix products alone, by the same NumPy and BLAS.  Figures are the time of the manual step over that of each.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}
SIZES = ((20, 8, 16, 32), (50, 32, 64, 128), (100, 32, 128, 256), (100, 64, 256, 512))
QUICK = SIZES[:1]
ROUNDS = (30, 10, 4, 2)
SEED = 0


class Step(NamedTuple):
    unit: str
    dtype: str
    size: tuple[int, int, int, int]


def arrays(step: Step) -> tuple[dict[str, Any], Any]:
    """The inputs by name, and the upstream gradient of ys."""
    import numpy as np

    T, B, I, H = step.size  # noqa: E741
    rows, rng = BLOCKS[step.unit] * H, np.random.default_rng(SEED)
    shapes = {"x": (T, B, I), "weight_ih": (rows, I), "weight_hh": (rows, H), "bias_ih": (rows,), "bias_hh": (rows,)}
    inputs = {n: rng.normal(size=s) / (1 if n == "x" else H**0.5) for n, s in shapes.items()}
    inputs["h_0"] = rng.normal(size=(B, H))
    if step.unit == "lstm":
        inputs["c_0"] = rng.normal(size=(B, H))
    return {n: a.astype(step.dtype) for n, a in inputs.items()}, rng.normal(size=(T, B, H)).astype(step.dtype)


def manual(step: Step) -> Callable[[], object]:
    import importlib

    module = importlib.import_module(f"manual.recurrent.{step.unit}")
    unit, output = getattr(module, step.unit), getattr(module, f"{step.unit.upper()}Output")
    inputs, dys = arrays(step)
    upstream = output(dys, *[None] * (len(output._fields) - 1))

    def run() -> object:
        _, backward = unit(**inputs)
        return backward(upstream)

    return run


def autograd(step: Step) -> Callable[[], object]:
    """The unrolled reference."""
    import importlib

    import torch

    inputs, dys = arrays(step)
    unit = getattr(importlib.import_module(f"reference.recurrent.{step.unit}"), step.unit)
    leaves, upstream = {n: torch.tensor(a).requires_grad_() for n, a in inputs.items()}, torch.tensor(dys)
    return lambda: torch.autograd.grad(unit(**leaves).ys, [*leaves.values()], upstream)


def torch_nn(step: Step) -> Callable[[], object]:
    import torch

    inputs, dys = arrays(step)
    _, _, I, H = step.size  # noqa: E741
    module = getattr(torch.nn, step.unit.upper())(I, H, dtype=getattr(torch, step.dtype))
    parameters = {n: torch.tensor(inputs[n]) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    module.load_state_dict({f"{n}_l0": p for n, p in parameters.items()})
    x, upstream = torch.tensor(inputs["x"]).requires_grad_(), torch.tensor(dys)
    state = [torch.tensor(inputs[n])[None].requires_grad_() for n in ("h_0", "c_0") if n in inputs]
    leaves = [x, *module.parameters(), *state]
    return lambda: torch.autograd.grad(module(x, tuple(state) if state[1:] else state[0])[0], leaves, upstream)


def floor(step: Step) -> Callable[[], object]:
    """The matrix products of the step alone."""
    import numpy as np

    T, B, I, H = step.size  # noqa: E741
    inputs, hs = arrays(step)
    rows = np.empty((T, B, BLOCKS[step.unit] * H), step.dtype)
    rows[...] = np.random.default_rng(SEED).normal(size=rows.shape)
    flat, x, weight_ih, weight_hh = rows.reshape(T * B, -1), inputs["x"].reshape(T * B, I), *weights(inputs)
    transposed, out, dh = np.ascontiguousarray(weight_hh.T), np.empty_like(rows[0]), np.empty_like(hs[0])

    def run() -> object:
        x @ weight_ih.T
        for t in range(T):
            np.matmul(hs[t], transposed, out=out)
        for t in range(T):
            np.matmul(rows[t], weight_hh, out=dh)
        return flat @ weight_ih, flat.T @ x, flat.T @ hs.reshape(T * B, H)

    return run


def weights(inputs: dict[str, Any]) -> tuple[Any, Any]:
    return inputs["weight_ih"], inputs["weight_hh"]


RIVALS = {"torch.nn": torch_nn, "autograd": autograd, "floor": floor}


def measure(step: Step, rounds: int) -> dict[str, Any]:
    from _side_by_side import medians

    seconds = medians({"manual": manual(step), **{n: make(step) for n, make in RIVALS.items()}}, rounds)
    T, B, I, H = step.size  # noqa: E741
    ratios = {n: seconds["manual"] / seconds[n] for n in RIVALS}
    return {"unit": step.unit, "dtype": step.dtype, "T": T, "B": B, "I": I, "H": H, "seconds": seconds, "over": ratios}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    import torch

    torch.set_num_threads(options.threads)
    print(f"{options.threads} thread(s); time of the manual step, and that over the time of")
    print(f"{'':28}{'manual':>10}" + "".join(f"{n:>10}" for n in RIVALS))
    results = []
    for size, rounds in zip(QUICK if options.quick else SIZES, ROUNDS, strict=False):
        for unit in BLOCKS:
            for dtype in ("float64", "float32"):
                results.append(measure(Step(unit, dtype, size), rounds))
                over, ms = results[-1]["over"], results[-1]["seconds"]["manual"] * 1e3
                name = f"{unit} {dtype} {','.join(map(str, size))}"
                print(f"{name:<28}{ms:>7.2f} ms" + "".join(f"{over[n]:>10.2f}" for n in RIVALS), flush=True)
    if options.json:
        options.json.write_text(json.dumps({"threads": options.threads, "steps": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
