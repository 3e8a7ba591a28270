"""The report as one HTML file that needs no network, no other file, and no JavaScript."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...files import write_whole

if TYPE_CHECKING:
    from ...verdict.report import Report

__all__ = ["render_html_report", "write_html_report"]


def write_html_report(reports: "Sequence[Report | Mapping[str, Any]]", path: Path) -> None:
    """Write the report on these units, or on those of a JSON file.  OSError if the file cannot be written."""
    write_whole(path, render_html_report(reports))


def render_html_report(reports: "Sequence[Report | Mapping[str, Any]]") -> str:
    """Render the report on these units; every text is escaped, and only its own script may run."""
    from ...records import UnitRecord, fill, to_json_value
    from .rendering import render_page

    return render_page(to_json_value(fill(reports, list[UnitRecord])))
