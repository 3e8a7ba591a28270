"""The table of flows, row by row: norms at the lags that the picture's axis has at its beginning, middle and end."""

from ..flow.gradient_flow import GradientFlow
from .terminal import format_log_row

FLOW_HEADINGS = ("unit", "radius", "forget bias")
WIDTHS = (20, 6, 11, 8, 8, 8)
"""Of all columns but the last."""


def list_shown_lags(steps: int) -> list[int]:
    return sorted({1, (steps + 1) // 2, steps})


def format_flow_head(steps: int) -> str:
    headings = [*FLOW_HEADINGS, *(f"lag {lag}" for lag in list_shown_lags(steps)), "a step"]
    return format_log_row(headings, WIDTHS[: len(headings) - 1])


def format_flow_row(found: GradientFlow) -> str:
    cells = format_flow_cells(found)
    return format_log_row(cells, WIDTHS[: len(cells) - 1])


def format_flow_cells(found: GradientFlow) -> list[str]:
    """The cells of a row: the norms at a few lags, and by what factor they change at each step of the second half."""
    norms = [f"{found.norms_by_lag[lag]:.1e}" for lag in list_shown_lags(len(found.jacobians))]
    settings = ["none" if value is None else f"{value:g}" for value in (found.radius, found.forget_bias)]
    return [found.name, *settings, *norms, f"x {found.rate:.3f}"]
