"""The table of flows, row by row: norms at the lags that the picture's axis has at its beginning, middle and end."""

from ..flow.gradient_flow import GradientFlow
from .terminal import format_log_row

WIDTHS = (20, 6, 11, 8, 8, 8)
"""Of all columns but the last."""


def list_shown_lags(steps: int) -> list[int]:
    return sorted({1, (steps + 1) // 2, steps})


def format_flow_head(steps: int) -> str:
    return format_log_row(
        ["unit", "radius", "forget bias", *(f"lag {n}" for n in list_shown_lags(steps)), "a step"],
        WIDTHS[: 3 + len(list_shown_lags(steps))],
    )


def format_flow_row(found: GradientFlow) -> str:
    """A row: the norms at a few lags, and by what factor they fall or grow at each step of the second half."""
    steps = len(found.jacobians)
    norms = [f"{found.norms_by_lag[lag]:.1e}" for lag in list_shown_lags(steps)]
    settings = ["none" if value is None else f"{value:g}" for value in (found.radius, found.forget_bias)]
    return format_log_row([found.name, *settings, *norms, f"x {found.rate:.3f}"], WIDTHS[: 3 + len(norms)])
