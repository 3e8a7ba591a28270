"""The report as one HTML file that needs nothing else: no network, no other file, and no JavaScript to be read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["render_html_report", "write_html_report"]


def write_html_report(units: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write the report on these units.  OSError where the file cannot be written."""
    path.write_text(render_html_report(units), encoding="utf-8", errors="backslashreplace")


def render_html_report(units: Sequence[Mapping[str, Any]]) -> str:
    """The report on these units; every name and text in it is escaped, and no script but its own may run."""
    from .rendering import render_page

    return render_page(units)
