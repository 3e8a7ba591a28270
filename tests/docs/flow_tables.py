"""Computes the tables of docs/derivations/flow.md and writes them into it:  python -m tests.docs.flow_tables

Each table is a function whose name stands on the page around its rows; what it draws, it draws from the seeds here.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gradcheck.flow.gradient_flow import flow as compute_flow
from manual.layers.activation import logistic
from manual.recurrent.gru import gru
from manual.recurrent.lstm import lstm, lstm_cell
from manual.recurrent.rnn import rnn, rnn_cell
from manual.shared import flow
from manual.shared.arrays import Array
from manual.shared.initialization import forget_bias, orthogonal, orthogonal_blocks
from manual.shared.time_loop import Parameters
from tests.zoo.page import section

PAGE = Path(__file__).resolve().parents[2] / "docs" / "derivations" / "flow.md"
SEED = 0
SEEDS = range(5)
"""Of the comparison of cells; all other tables are of SEED alone."""
H, STEPS = 16, 40
BOUNDS = {"tanh": 1.0, "logistic": 0.25, "identity": 1.0, "relu": 1.0}
"""The largest slope of each activation."""
NILPOTENT = np.array([[2.0, -4.0], [1.0, -2.0]])


def forget_biases() -> Iterator[str]:
    """An LSTM of 8 units at three forget biases: the path along the cell, all paths, and the share of the others."""
    yield "| forget bias | lag | direct | total | share of the others |"
    yield "|---|---|---|---|---|"
    size, steps = 8, 60
    for bias in (0, 1, 3):
        random = np.random.default_rng(SEED)
        weight_hh, weight_ih = (random.normal(size=(4 * size, size)) / np.sqrt(size) for _ in range(2))
        path = measure_cell_path(weight_ih, weight_hh, bias, random.normal(size=(steps, 1, size)))
        for lag in (1, 10, 30):
            direct, total = (np.linalg.norm(a[steps, steps - lag, 0]) for a in (path.direct, path.total))
            yield f"| {bias} | {lag} | {direct:.1e} | {total:.1e} | {path.share[steps, steps - lag, 0]:.2f} |"


def cells() -> Iterator[str]:
    """The three cells as `gradcheck flow` starts them: the geometric mean over the seeds, and the least and most."""
    yield "| cell | forget bias | inputs | lag 10 | lag 30 | lag 60 | least and most at lag 60 |"
    yield "|---|---|---|---|---|---|---|"
    for scale in (1.0, 0.1):
        for cell, bias in ((rnn, None), (lstm, 0.0), (lstm, 1.0), (lstm, 2.0), (gru, 0.0), (gru, 1.0), (gru, 2.0)):
            runs = [compute_flow(cell, forget_bias=bias, input_scale=scale, seed=seed) for seed in SEEDS]
            norms = np.array([run.norms_by_lag[[10, 30, 60]] for run in runs])
            means = " | ".join(f"{mean:.1e}" for mean in np.exp(np.log(norms).mean(axis=0)))
            ends = f"{norms[:, -1].min():.0e}, {norms[:, -1].max():.0e}"
            shown = "none" if bias is None else f"{bias:g}"
            yield f"| {cell.__name__} | {shown} | {scale:g} | {means} | {ends} |"


def pascanu() -> Iterator[str]:
    """Networks on both sides of the condition: its bound, and the norm that is measured."""
    head = r"$`\rho(W)`$ | $`\lVert W \rVert \max\varphi'`$ | bound at lag 40 | norm at lag 10 | norm at lag 40"
    yield f"| network | {head} |"
    yield "|---|---|---|---|---|---|"
    q = orthogonal(H, H, np.random.default_rng(SEED))
    skewed = np.array([[0.9, 5.0], [0.0, 0.9]])
    rows = (
        ("tanh, 0.9 Q", "tanh", 0.9 * q, draw_steps(0.1)),
        ("logistic, 3.6 Q", "logistic", 3.6 * q, draw_steps(0.1)),
        ("tanh, 1.5 Q, small inputs", "tanh", 1.5 * q, draw_steps(0.1)),
        ("tanh, 1.5 Q, large inputs", "tanh", 1.5 * q, draw_steps(3.0)),
        ("linear, [[0.9, 5], [0, 0.9]]", "identity", skewed, np.zeros((STEPS, 1, 2))),
        ("ReLU, [[2, -4], [1, -2]]", "relu", NILPOTENT, np.tile([-1.0, -2.0], (STEPS, 1, 1))),
    )
    for name, activation, weight, pushes in rows:
        start = np.array([[1.0, 0.0]]) if weight is NILPOTENT else np.zeros((1, len(weight)))
        norms = measure_norms(compute_elman_jacobians(activation, weight, pushes, start))
        found = flow.spectrum(weight)
        limit = found.largest * BOUNDS[activation]
        radius = 0.0 if abs(found.radius) < 1e-6 else found.radius
        yield f"| {name} | {radius:.2g} | {limit:.2g} | {limit**40:.1e} | {norms[10]:.1e} | {norms[40]:.1e} |"


def saturation() -> Iterator[str]:
    """An Elman network with an orthogonal matrix: the larger what it gets, the flatter its tanh."""
    yield "| deviation of what comes in | median slope | norm at lag 1 | norm at lag 10 | norm at lag 40 |"
    yield "|---|---|---|---|---|"
    weight = orthogonal(H, H, np.random.default_rng(SEED))
    for scale in (0.01, 0.1, 1.0, 3.0, 10.0):
        jacobians = compute_elman_jacobians("tanh", weight, draw_steps(scale), np.zeros((1, H)))
        slopes, norms = np.linalg.norm(jacobians, axis=-1), measure_norms(jacobians)
        yield f"| {scale:g} | {np.median(slopes):.1e} | {norms[1]:.1e} | {norms[10]:.1e} | {norms[40]:.1e} |"


def exploding_lstm() -> Iterator[str]:
    """An LSTM whose forget gates are near 1: the cell's own path stays below 1, all paths together explode."""
    yield "| radius of each block | inputs | forget gates | lag | direct | total |"
    yield "|---|---|---|---|---|---|"
    for radius, scale in ((0.5, 0.0), (2.0, 0.0), (4.0, 0.0), (4.0, 0.1)):
        random = np.random.default_rng(SEED)
        weight_hh, weight_ih = orthogonal_blocks(4, H, random, radius), random.normal(size=(4 * H, H)) / np.sqrt(H)
        path = measure_cell_path(weight_ih, weight_hh, 5, scale * random.normal(size=(STEPS, 1, H)))
        gates = np.median([path.direct[t, t - 1] for t in range(1, STEPS + 1)])
        for lag in (1, 10, 40):
            direct = path.direct[STEPS, STEPS - lag, 0].max()
            total = np.linalg.norm(path.total[STEPS, STEPS - lag, 0], 2)
            yield f"| {radius:g} | {scale:g} | {gates:.3f} | {lag} | {direct:.1e} | {total:.1e} |"


def directions() -> Iterator[str]:
    """The linear network with diag(1.5, 0.5): what arrives along each axis, and from an error across both."""
    yield "| lag | error along the first axis | along the second | along both: first entry, second entry |"
    yield "|---|---|---|---|"
    jacobians = compute_elman_jacobians("identity", np.diag([1.5, 0.5]), np.zeros((STEPS, 1, 2)), np.zeros((1, 2)))
    whole = flow.products(jacobians)[STEPS, :, 0]
    for lag in (1, 10, 40):
        back = whole[STEPS - lag].T
        first, second = (np.linalg.norm(back @ unit) for unit in np.eye(2))
        both = ", ".join(f"{entry:.1e}" for entry in back @ np.ones(2))
        yield f"| {lag} | {first:.1e} | {second:.1e} | {both} |"


def draw_steps(scale: float) -> Array:
    """What comes into each unit from outside (T, 1, H)."""
    return scale * np.random.default_rng(SEED + 1).normal(size=(STEPS, 1, H))


def compute_elman_jacobians(activation: str, weight: Array, pushes: Array, h_0: Array) -> Array:
    """J_t of a network h_t = phi(weight h_{t-1} + pushes_t)."""
    zeros = np.zeros(len(weight))
    parameters = Parameters(np.eye(len(weight)), weight, zeros, zeros)
    return flow.step_jacobians(rnn_cell(activation), pushes, parameters, (h_0,))[1]


def measure_norms(jacobians: Array) -> Array:
    """||dh_T/dh_k|| by lag T - k."""
    return flow.norms(flow.products(jacobians))[-1, ::-1, 0]


def measure_cell_path(weight_ih: Array, weight_hh: Array, bias: float, x: Array) -> flow.CellPath:
    size = weight_hh.shape[1]
    bias_ih, zeros = forget_bias(size, bias), np.zeros((1, size))
    parameters = Parameters(weight_ih, weight_hh, bias_ih, np.zeros(4 * size))
    (hs, cs), jacobians = flow.step_jacobians(lstm_cell, x, parameters, (zeros, zeros))
    _, f, _, o = np.split(logistic(x @ weight_ih.T + bias_ih + hs[:-1] @ weight_hh.T), 4, axis=2)
    return flow.cell_path(flow.products(jacobians), f, o, cs)


TABLES = {f.__name__: f for f in (forget_biases, cells, pascanu, saturation, exploding_lstm, directions)}


def read_table(page: str, name: str) -> list[str]:
    """The rows of a table as they stand on the page."""
    start, stop = section(page, name)
    return page[start:stop].strip().splitlines()


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, compute in TABLES.items():
        start, stop = section(page, name)
        page = page[:start] + "\n".join(compute()) + page[stop:]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
