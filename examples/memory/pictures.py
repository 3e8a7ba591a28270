"""The pictures of the record: learning curves, a panel a network, and the flow of gradients during training."""

import math
from statistics import median
from typing import Any

from examples.memory.tables import LEARNED, group_runs
from examples.svg import INKS, RC, format_svg

CURVES = "long_memory_curves.svg"
FLOW = "long_memory_flow.svg"
DASHES = ("-", "--", ":", "-.")
LOWEST = 1e-9
"""No smaller norm is shown."""


def draw_pictures(record: dict[str, Any]) -> dict[str, str]:
    """The content of each file, by its name."""
    from matplotlib import rc_context

    with rc_context(RC):
        return {CURVES: draw_curves(record), FLOW: draw_flow(record)}


def draw_curves(record: dict[str, Any]) -> str:
    """A row a task, a column a network; a thin line a seed, and their median thick."""
    from matplotlib.figure import Figure

    tasks = {task: group_runs(record, task) for task in record["settings"]["experiments"]}
    columns = max(map(len, tasks.values()))
    figure = Figure(figsize=(1.5 * columns + 0.7, 6.2))
    panels = figure.subplots(len(tasks), columns, squeeze=False)
    figure.subplots_adjust(left=0.08, right=0.99, top=0.92, bottom=0.08, hspace=0.55, wspace=0.12)
    for row, (task, groups) in zip(panels, tasks.items(), strict=True):
        experiment = record["settings"]["experiments"][task]
        for panel, (name, runs) in zip(row, groups.items(), strict=False):
            draw_curve(panel, name, runs, experiment)
        for panel in row[len(groups) :]:
            panel.set_axis_off()
        for panel in row[1:]:
            panel.tick_params(left=False, labelleft=False)
        row[0].set_ylabel("loss over that\nwithout a memory")
        box = row[0].get_position()
        figure.text(box.x0, box.y1 + 0.04, f"{task}: {experiment['words']}", fontsize=10, fontweight="bold")
    panels[-1][2].set_xlabel("step of training")
    handles, labels = panels[0][0].get_legend_handles_labels()
    lines = dict(zip(labels, handles, strict=True))
    figure.legend(lines.values(), lines.keys(), loc="upper right", bbox_to_anchor=(1, 1), ncols=4, frameon=False)
    description = (
        f"A row for each task, a panel for each network. A thin line is one of {len(runs)} seeds, the thick one their "
        "median. The loss is divided by that of an answer without a memory, so that 1, the dashed line, is to have "
        f"learned nothing. The dotted line, {LEARNED:g}, is where the table counts the task as learned."
    )
    return format_svg(figure, "Learning curves of seven networks, and of a GRU with seven ways to go back", description)


def draw_curve(panel: Any, name: str, runs: list[dict[str, Any]], experiment: dict[str, Any]) -> None:
    stretch = experiment["steps"] / experiment["points"]
    steps = [stretch * (k + 0.5) for k in range(experiment["points"])]
    curves = [[loss / experiment["baseline"] for loss in run["curve"]] for run in runs]
    for curve in curves:
        panel.semilogy(steps, curve, color=INKS["seed"].light, linewidth=0.7, label="one seed")
    middle = [median(values) for values in zip(*curves, strict=True)]
    panel.semilogy(steps, middle, color=INKS["first"].light, linewidth=1.8, label="median")
    for level, dashes, label in ((1, "--", "no memory"), (LEARNED, ":", "learned")):
        panel.axhline(level, color=INKS["text"].light, linewidth=0.9, linestyle=dashes, label=label)
    panel.set(title=name, ylim=(5e-4, 10), xlim=(0, experiment["steps"]))
    panel.set_xticks([0, experiment["steps"] // 2], ["0", str(experiment["steps"] // 2)])
    write_plain_ticks(panel)


def write_plain_ticks(panel: Any) -> None:
    panel.minorticks_off()
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:g}")


def draw_flow(record: dict[str, Any]) -> str:
    """A panel a network; a line for each moment of the training."""
    from matplotlib.figure import Figure

    flows = {run["model"]: run["flow"] for run in record["runs"] if run["flow"]}
    columns = (len(flows) + 1) // 2
    figure = Figure(figsize=(9, 5.4))
    panels = figure.subplots(2, columns, squeeze=False)
    figure.subplots_adjust(left=0.09, right=0.99, top=0.94, bottom=0.09, hspace=0.3, wspace=0.1)
    for k, (panel, (name, flow)) in enumerate(zip(panels.flat, flows.items(), strict=False)):
        draw_norms(panel, name, flow, with_legend=False)
        panel.set_xlabel("steps before the end" if k >= columns else "")
        panel.tick_params(left=k % columns == 0, labelleft=k % columns == 0)
        panel.set_ylabel("" if k % columns else "norm of the gradient")
    for panel in panels.flat[len(flows) :]:
        draw_norms(panel, "", flow, with_legend=True)
    description = (
        "The adding task, a panel for each network: how strongly the answer depends on the state so many steps before "
        "the end. The norm of the gradient of the last output with respect to that state, the median over a batch, "
        "before, during and after the training of one seed. A flat line is a gradient that reaches back; one that ends "
        f"has fallen below {LOWEST:g}."
    )
    return format_svg(figure, "How far gradients reach back in seven networks while they learn", description)


def draw_norms(panel: Any, name: str, flow: dict[str, list[float]], *, with_legend: bool) -> None:
    inks = ("seed", "second", "second", "first")
    for k, (step, norms) in enumerate(flow.items()):
        shown = [] if with_legend else [norm if norm >= LOWEST else math.nan for norm in norms]
        style = {"color": INKS[inks[k % 4]].light, "linestyle": DASHES[::-1][k % 4], "linewidth": 1.2 + 0.3 * k}
        panel.semilogy(range(len(shown)), shown, label=f"step {step}", **style)
    panel.set(title=name, ylim=(LOWEST, 1e2))
    write_plain_ticks(panel)
    if with_legend:
        panel.set_axis_off()
        panel.legend(loc="center", title="of the training")
