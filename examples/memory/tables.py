"""The tables of the record: a row for each network, the median over the seeds and the smallest and largest."""

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

LEARNED = 0.1
"""A network has learned a task once its loss is below this share of that without a memory."""
HEADING = ("network", "rate", "last loss", "right", "steps until learned", "clipped")


def format_tables(record: dict[str, Any]) -> str:
    """A table in Markdown for each task, below its name."""
    return "\n\n".join(f"### {task}\n\n{format_table(record, task)}" for task in record["settings"]["experiments"])


def format_table(record: dict[str, Any], task: str) -> str:
    """The table of one task."""
    experiment = record["settings"]["experiments"][task]
    rows = [HEADING, ("---",) * len(HEADING)]
    rows += [(name, *summarize(runs, experiment)) for name, runs in group_runs(record, task).items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def group_runs(record: dict[str, Any], task: str) -> dict[str, list[dict[str, Any]]]:
    """The trainings of a task that are reported, by network."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for run in record["runs"]:
        if run["task"] == task and run["seed"] != record["settings"]["searched"]:
            groups.setdefault(run["model"], []).append(run)
    return groups


def summarize(runs: list[dict[str, Any]], experiment: dict[str, Any]) -> tuple[str, ...]:
    """The cells of a row behind the network's name."""
    rate = " or ".join(f"{r:g}" for r in sorted({run["rate"] for run in runs}))
    steps = [s for run in runs if (s := find_learned(run, experiment)) is not None]
    never = len(runs) - len(steps)
    learned = f"{median(steps):.0f} ({min(steps)} to {max(steps)})" if steps else "never"
    learned += f", {never} of {len(runs)} never" if steps and never else ""
    clipped = median(run["clipped"] for run in runs)
    return rate, spread(runs, "loss", format_loss), spread(runs, "right", "{:.0%}".format), learned, f"{clipped:.0%}"


def spread(runs: list[dict[str, Any]], field: str, show: Callable[[float], str]) -> str:
    values = [run[field] for run in runs]
    return f"{show(median(values))} ({show(min(values))} to {show(max(values))})"


def format_loss(loss: float) -> str:
    """Three digits, without an exponent."""
    return np.format_float_positional(loss, precision=3, fractional=False, trim="-")


def find_learned(run: dict[str, Any], experiment: dict[str, Any]) -> int | None:
    """The step by which the task was learned, as exactly as the curve has it, or None."""
    below = [k for k, loss in enumerate(run["curve"], 1) if loss < LEARNED * experiment["baseline"]]
    return below[0] * experiment["steps"] // experiment["points"] if below else None
