"""What an error map says, in short: which inputs and gates, which lags, and which outputs are wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from .blocks import ArrayBlock
from .error_map import ErrorMap

BlockStatus = Literal["right", "wrong", "mixed"]
StatusByLag = Mapping[int, BlockStatus]


@dataclass(frozen=True)
class Conclusions:
    """Which inputs, outputs and lags are wrong.

    wrong_blocks     by input whose gradient is wrong, the labels of its wrong blocks; empty if all of it is wrong
    right_inputs     the other inputs
    outputs          the outputs that have an upstream gradient
    mishandled       the outputs whose upstream gradient leads to a wrong gradient
    ignored          those of them whose upstream gradient has no effect
    lags             by output, the status of each lag t-s, from a step s of a wrong input to a step t of the output
    steps_by_output  by output, the status of each of its steps, if no wrong input has steps
    wrong_steps      the wrong steps of the inputs, if the step of the input alone decides
    missing          whether the gradient is 0 wherever it is wrong
    spurious         whether a gradient is not 0 somewhere where it should be
    """

    wrong_blocks: Mapping[str, tuple[str, ...]]
    right_inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    mishandled: tuple[str, ...]
    ignored: tuple[str, ...]
    lags: Mapping[str, StatusByLag]
    steps_by_output: Mapping[str, StatusByLag]
    wrong_steps: tuple[int, ...]
    missing: bool
    spurious: bool


def draw_conclusions(table: ErrorMap) -> Conclusions:
    rows, columns = list(table.rows), list(table.columns)
    wrong = [c for c in columns if summarize_cells(table.cells_at(rows, [c])) not in (None, "right")]
    names = list(dict.fromkeys(c.name for c in wrong))
    timed = [c for c in columns if c.name in names and is_step_block(c)]
    by_output = {o: [r for r in rows if r.name == o] for o in dict.fromkeys(r.name for r in rows)}
    bad = [o for o, of in by_output.items() if summarize_cells(table.cells_at(of, columns)) not in (None, "right")]
    return Conclusions(
        {n: list_wrong_labels(n, wrong, columns) for n in names},
        tuple(n for n in dict.fromkeys(c.name for c in columns) if n not in names),
        tuple(by_output),
        tuple(bad),
        tuple(o for o in bad if table.cells_at(by_output[o], columns) == {"missing"}),
        {o: lags for o in bad if (lags := group_by_lag(table, by_output[o], timed))},
        {o: steps for o in bad if not timed and (steps := group_by_step(table, by_output[o], wrong))},
        find_wrong_steps(table, rows, timed),
        table.cells_at(rows, timed or wrong) <= {"right", "missing"},
        "spurious" in table.cells_at(rows, columns),
    )


def is_step_block(column: ArrayBlock) -> bool:
    return column.step is not None and bool(column.label)


def list_wrong_labels(name: str, wrong: Iterable[ArrayBlock], columns: Iterable[ArrayBlock]) -> tuple[str, ...]:
    """List the wrong gates of an input; empty if all are wrong, or if its blocks are time steps."""
    all_of_it = [c for c in columns if c.name == name]
    found = [c.label for c in wrong if c.name == name]
    return tuple(found) if len(found) < len(all_of_it) and not is_step_block(all_of_it[0]) else ()


def group_by_lag(table: ErrorMap, rows: list[ArrayBlock], timed: list[ArrayBlock]) -> StatusByLag:
    found: dict[int, set[str]] = {}
    for column in timed:
        for row in rows:
            if row.step is not None and column.step is not None:
                found.setdefault(row.step - column.step, set()).update(table.cells_at([row], [column]))
    return {lag: s for lag, cells in sorted(found.items()) if (s := summarize_cells(cells))}


def group_by_step(table: ErrorMap, rows: list[ArrayBlock], wrong: list[ArrayBlock]) -> StatusByLag:
    found = {r.step: summarize_cells(table.cells_at([r], wrong)) for r in rows if r.step is not None}
    return {t: s for t, s in found.items() if s}


def find_wrong_steps(table: ErrorMap, rows: list[ArrayBlock], timed: list[ArrayBlock]) -> tuple[int, ...]:
    steps: dict[int, set[str]] = {}
    for column in timed:
        steps.setdefault(column.step or 0, set()).update(table.cells_at(rows, [column]))
    statuses = {s: summarize_cells(cells) for s, cells in steps.items()}
    wrong = tuple(s for s, status in statuses.items() if status == "wrong")
    return wrong if set(statuses.values()) == {"wrong", "right"} else ()


def find_first_wrong_lag(found: Conclusions) -> int | None:
    """Return the smallest lag from which on all lags are wrong, for every output; None if there is none.

    It is None too if lag 0 is wrong at some steps only: then the fault may be in the carry between those.
    """
    lags = {
        k: {of.get(k) for of in found.lags.values()} - {None} for k in {k for of in found.lags.values() for k in of}
    }
    if "mixed" in lags.get(0, ()):
        return None
    wrong = sorted(k for k, which in lags.items() if which != {"right"})
    return wrong[0] if wrong and wrong == [k for k in sorted(lags) if k >= wrong[0]] else None


def summarize_cells(cells: Iterable[str]) -> BlockStatus | None:
    found = set(cells)
    if not found:
        return None
    return "right" if found == {"right"} else "mixed" if "right" in found else "wrong"
