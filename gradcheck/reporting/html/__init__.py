"""The report as one HTML file that needs no network, no other file, and no JavaScript."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["render_html_report", "write_html_report"]


def write_html_report(units: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write the report on these units.  OSError if the file cannot be written."""
    path.write_text(render_html_report(units), encoding="utf-8", errors="backslashreplace")


def render_html_report(units: Sequence[Mapping[str, Any]]) -> str:
    """Render the report on these units; every text is escaped, and only its own script may run."""
    from .rendering import render_page

    return render_page(units)
