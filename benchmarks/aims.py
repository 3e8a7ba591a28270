"""The aims of speed, how each figure is read from the record of `benchmarks/run.py`, and why an aim is not met."""

import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

Record = dict[str, Any]


class Aim(NamedTuple):
    """`figure` should be at most `limit`, or at least that; with a unit, as "s"."""

    name: str
    limit: float
    figure: Callable[[Record], float]
    at_least: bool = False
    unit: str = ""

    def met(self, figure: float) -> bool:
        return figure >= self.limit if self.at_least else figure <= self.limit


TORCH_NN = (
    "On this processor (AVX2), NumPy evaluates tanh and exp of float64 one number at a time, in 15 and 6 ns; PyTorch's "
    "vectorised versions take 6 and 4. An LSTM has five of them for each entry and step. From H=128 on, the matrix "
    "products alone take 0.4 to 0.8 of torch.nn's step, so 0.6 is out of reach; at H=32 it is met. At H=512 a step "
    "also uses about 300 MB of fresh memory, which the system clears page by page. If the process keeps its memory "
    "(MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ at 2e9), the ratio is 0.89 to 0.94."
)
AUTOGRAD = (
    "The references multiply all inputs before their loop and have one fused product for each step. This made verdicts "
    "faster, and this rival too: at H of 256 and more, both spend most of their time in the same products."
)
FLOOR = (
    "Apart from the products, a step spends its time in tanh and exp (float64: 48 of about 75 ns for each entry; "
    "float32: 15 of 30), in reading and writing their results, and in fresh memory. At H=512, if the process keeps its "
    "memory, the ratio is 1.25 to 1.35."
)
EXPLANATIONS: dict[str, str] = {
    "training step over torch.nn, float64, 1 thread": TORCH_NN,
    "training step over unrolled autograd, 1 thread": AUTOGRAD,
    "training step over the floor, H of 256 and more, 1 thread": FLOOR,
    "training step over unrolled autograd, 2 threads": AUTOGRAD,
    "training step over the floor, H of 256 and more, 2 threads": FLOOR,
    "the whole library, 200 cases a unit, -j 2": (
        "Each of the 41 units takes 0.4 s of exact arithmetic, 1 s of planted faults, and 2 to 60 ms for each case, 20 "
        "on average: 40 % in the ten calls of the unit, 37 % in autograd on small tensors, 23 % in the harness. The "
        "average case has 13 steps, with a dozen NumPy calls in each direction at about a microsecond. 60 s would "
        "allow 8 ms for each case."
    ),
    "scaling of gradcheck verify from -j 1 to -j 2": (
        "About 2 of the 12 s are the start with the import of PyTorch, which the workers do not share."
    ),
}
"""For each aim that is not met, by its name: where the time goes, found with a profiler."""


def ratios(rival: str, dtype: str | None = None, threads: int = 1, above: int = 0) -> Callable[[Record], float]:
    """The geometric mean of manual over `rival`, over all steps with that dtype and H of at least `above`."""

    def mean(record: Record) -> float:
        steps = record[f"training, {threads} thread{'s' * (threads > 1)}"]["steps"]
        return statistics.geometric_mean(
            [s["over"][rival] for s in steps if dtype in (None, s["dtype"]) and s["H"] >= above]
        )

    return mean


def case(record: Record, T: int) -> Record:
    return next(row for row in record["verdict"]["lstm"] if row["T"] == T)


def slow(T: int) -> Callable[[Record], float]:
    return lambda record: case(record, T)["gradcheck over verdict"]["slow"]


def growth(record: Record) -> float:
    return case(record, 80)["seconds"]["verdict"] / case(record, 40)["seconds"]["verdict"]


def start(name: str) -> Callable[[Record], float]:
    return lambda record: record["library"]["starts"][name]


def efficiency(record: Record) -> float:
    return record["library"]["few"]["scaling"]


def of_training(threads: int) -> list[Aim]:
    of = f"{threads} thread{'s' * (threads > 1)}"
    return [
        Aim(f"training step over torch.nn, float64, {of}", 0.6, ratios("torch.nn", "float64", threads)),
        Aim(f"training step over torch.nn, float32, {of}", 1.1, ratios("torch.nn", "float32", threads)),
        Aim(f"training step over unrolled autograd, {of}", 0.4, ratios("autograd", None, threads)),
        Aim(f"training step over the floor, H of 256 and more, {of}", 1.3, ratios("floor", None, threads, 256)),
    ]


AIMS = (
    *of_training(1),
    *of_training(2),
    Aim("gradcheck slow over a verdict, T=20", 20, slow(20), at_least=True),
    Aim("gradcheck slow over a verdict, T=80", 100, slow(80), at_least=True),
    Aim("a verdict at T=80 over one at T=40", 2, growth),
    *(
        Aim(f"the harness's own share over the arithmetic, T={T}", 1, lambda record, T=T: case(record, T)["own share"])
        for T in (20, 40, 80)
    ),
    Aim("the whole library, 200 cases a unit, -j 2", 60, lambda record: record["library"]["library"]["-j 2"], unit="s"),
    Aim("gradcheck --help", 0.5, start("gradcheck --help"), unit="s"),
    Aim("import gradcheck", 0.3, start("import gradcheck"), unit="s"),
    Aim("scaling of gradcheck verify from -j 1 to -j 2", 0.85, efficiency, at_least=True),
    Aim("scaling of a campaign from 1 worker to 2", 0.85, lambda record: record["campaign"]["scaling"], at_least=True),
)
