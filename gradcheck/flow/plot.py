"""Draws how far gradients reach; needs matplotlib, the extra `plots`.

Nothing is said by hue alone: lines differ in dash, marker and lightness, and the map gets darker from the smallest norm
to the largest, so that a print in black and white, and a reader who does not see every color, loses nothing.
"""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import write_whole
from .gradient_flow import SMALLEST_NORM, GradientFlow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

LINE_STYLES = ("-", "--", ":", "-.")
MARKERS = "osD^v"
COLORS = "cividis_r"
"""From pale yellow to dark blue, evenly in lightness.  Source: Nunez, Anderton and Renslow (2018)."""
LOWEST_NORM = 1e-30
"""No smaller norm is told from this one in a picture."""


def plot_flows(flows: Sequence[GradientFlow], out: Path, metadata: dict[str, Any] | None = None) -> None:
    """A column a unit: the norms by lag, a line for each radius, and below it a heat map over (lag, t) for each radius.

    All panels of a column have one axis of lags.  ModuleNotFoundError, naming the extra, if matplotlib is not
    installed.
    """
    picture = io.BytesIO()
    draw_flows(flows).savefig(picture, dpi=120, format=out.suffix.removeprefix(".") or None, metadata=metadata)
    write_whole(out, picture.getvalue())


def draw_flows(flows: Sequence[GradientFlow]) -> "Figure":
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("matplotlib is not installed; pip install 'gradcheck[plots]'") from error

    names, radii = list(dict.fromkeys(f.name for f in flows)), list(dict.fromkeys(f.radius for f in flows))
    lines = np.concatenate([f.norms_by_lag for f in flows])
    low, high = max(lines.min(), LOWEST_NORM), max(lines.max(), 1.0)
    figure = Figure(figsize=(1.6 + 3.6 * len(names), 0.8 + 3.1 * (1 + len(radii))), layout="constrained")
    figure.suptitle("How far gradients reach: $\\|\\partial s_t/\\partial s_k\\|$, the largest singular value")
    axes = figure.subplots(1 + len(radii), len(names), squeeze=False, sharex=True)
    for top, name in zip(axes[0], names, strict=True):
        draw_lag_lines(top, [f for f in flows if f.name == name], (low / 3, high * 3))
    axes[0][0].set_ylabel("median over $k$ (ratio, no unit)")
    for f in flows:
        panel = axes[1 + radii.index(f.radius)][names.index(f.name)]
        image = draw_norm_map(panel, f, (math.log10(low), math.log10(high)))
    for panel in axes.flat:
        panel.set_visible(panel.has_data())
    figure.colorbar(image, ax=list(axes.flat), label="$\\log_{10}$ of the norm, in the maps", shrink=0.8)
    return figure


def draw_lag_lines(panel: "Axes", flows: Sequence[GradientFlow], limits: tuple[float, float]) -> None:
    from matplotlib import colormaps

    for k, f in enumerate(flows):
        color = colormaps[COLORS](0.4 + 0.6 * (k + 1) / len(flows))
        dash, marker = LINE_STYLES[k % len(LINE_STYLES)], MARKERS[k % len(MARKERS)]
        norms = np.maximum(f.norms_by_lag, SMALLEST_NORM)
        every = (k * len(norms) // (8 * len(flows)), max(len(norms) // 8, 1))
        panel.semilogy(
            norms, color=color, linestyle=dash, marker=marker, markevery=every, markersize=5, linewidth=1.8,
            label=f.label,
        )  # fmt: skip
    panel.axhline(1, color="0.5", linewidth=0.8)
    panel.set(title=flows[0].title, xlabel="lag $t-k$ (steps)", ylim=limits)
    panel.tick_params(labelbottom=True)
    panel.grid(color="0.9")
    panel.legend(fontsize=8, loc="lower left")


def draw_norm_map(panel: "Axes", f: GradientFlow, limits: tuple[float, float]) -> "AxesImage":
    """Dark where much arrives; hatched where the lag is longer than t, and nothing can."""
    low, high = limits
    size = len(f.norms)
    panel.fill_between(
        (-0.5, size - 0.5), -0.5, (-0.5, size - 0.5), facecolor="none", edgecolor="0.6", hatch="///", linewidth=0
    )
    logs = np.log10(np.maximum(f.lagged_norms, SMALLEST_NORM))
    image = panel.imshow(logs, cmap=COLORS, origin="lower", vmin=low, vmax=high, interpolation="nearest", aspect="auto")
    panel.set(title=f"{f.name}, {f.label}", xlabel="lag $t-k$ (steps)", ylabel="to step $t$")
    panel.tick_params(labelbottom=True)
    return image
