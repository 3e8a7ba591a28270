"""Draws how far gradients reach; needs matplotlib, the extra `plots`."""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..files import write_whole
from .gradient_flow import SMALLEST_NORM, GradientFlow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

LINE_STYLES = ("-", "--", ":", "-.")
LOWEST_NORM = 1e-30
"""No smaller norm is told from this one in a picture."""


def plot_flows(flows: Sequence[GradientFlow], out: Path) -> None:
    """A column a unit: the norms by lag, a line for each radius, and below it a heat map over (t, k) for each radius.

    ModuleNotFoundError, naming the extra, if matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("matplotlib is not installed; pip install 'gradcheck[plots]'") from error

    names, radii = list(dict.fromkeys(f.name for f in flows)), list(dict.fromkeys(f.radius for f in flows))
    lines = np.concatenate([f.norms_by_lag for f in flows])
    low, high = max(lines.min(), LOWEST_NORM), max(lines.max(), 1.0)
    figure = Figure(figsize=(1.6 + 3.6 * len(names), 0.8 + 3.1 * (1 + len(radii))), layout="constrained")
    figure.suptitle("How far gradients reach: $\\|\\partial s_t/\\partial s_k\\|$, the largest singular value")
    axes = figure.subplots(1 + len(radii), len(names), squeeze=False)
    for top, name in zip(axes[0], names, strict=True):
        draw_lag_lines(top, [f for f in flows if f.name == name], (low / 3, high * 3))
    axes[0][0].set_ylabel("median over $k$ (ratio, no unit)")
    for f in flows:
        image = draw_norm_map(
            axes[1 + radii.index(f.radius)][names.index(f.name)], f, (math.log10(low), math.log10(high))
        )
    figure.colorbar(image, ax=list(axes[1:].flat), label="$\\log_{10}$ of the norm", shrink=0.8)
    picture = io.BytesIO()
    figure.savefig(picture, dpi=120, format=out.suffix.removeprefix("."))
    write_whole(out, picture.getvalue())


def draw_lag_lines(panel: "Axes", flows: Sequence[GradientFlow], limits: tuple[float, float]) -> None:
    for k, f in enumerate(flows):
        grey = str(0.6 * k / max(len(flows) - 1, 1))
        norms, label = np.maximum(f.norms_by_lag, SMALLEST_NORM), f.label
        panel.semilogy(norms, color=grey, linestyle=LINE_STYLES[k % len(LINE_STYLES)], linewidth=1.8, label=label)
    panel.set(title=flows[0].name, xlabel="lag $t-k$ (steps)", ylim=limits)
    panel.grid(color="0.9")
    panel.legend(fontsize=8, loc="lower left")


def draw_norm_map(panel: "Axes", f: GradientFlow, limits: tuple[float, float]) -> "AxesImage":
    """Dark where much arrives; hatched where k > t, and nothing can."""
    low, high = limits
    size = len(f.norms)
    panel.fill_between(
        (-0.5, size - 0.5), -0.5, (-0.5, size - 0.5), facecolor="none", edgecolor="0.8", hatch="///", linewidth=0
    )
    logs = np.log10(np.maximum(f.norms, SMALLEST_NORM))
    image = panel.imshow(logs, cmap="gray_r", origin="lower", vmin=low, vmax=high, interpolation="nearest")
    panel.set(title=f"{f.name}, {f.label}", xlabel="from step $k$", ylabel="to step $t$")
    return image
