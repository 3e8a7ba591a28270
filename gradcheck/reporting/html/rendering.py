"""Renders the templates to one page that contains its style and script; its policy forbids everything else."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from ...verdict.defect import format_versions
from . import charts, words

HTML_TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE_FILTERS = {
    "over": words.format_ratio,
    "number": words.format_number,
    "check_count": words.format_check_count,
    "decided": words.find_largest_ratio,
    "heat_map": charts.draw_heat_map,
    "lag_map": charts.draw_lag_map,
    "bars": charts.draw_ratio_chart,
}


def make_environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HTML_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(TEMPLATE_FILTERS)
    return environment


def render_fragment(template: str, **values: Any) -> str:
    """Render a part of a page, with the style of the same name."""
    style = (HTML_TEMPLATES / template).with_suffix(".css").read_text(encoding="utf-8")
    return make_environment().get_template(template).render(style=style, **values)


def render_page(units: Sequence[Mapping[str, Any]]) -> str:
    style, script = ((HTML_TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    return (
        make_environment()
        .get_template("report.html")
        .render(
            units=units,
            counts=words.count_verdicts(units),
            verdicts=words.VERDICT_TEXTS,
            checks=words.CHECK_TEXTS,
            bar_height=charts.BAR_HEIGHT,
            cell=charts.CELL_SIZE,
            versions=format_versions(),
            written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            policy=f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
            f"style-src {hash_source(style)}; script-src {hash_source(script)}",
            style=style,
            script=script,
        )
    )


def hash_source(source: str) -> str:
    """Hash a text for the content security policy, which then allows exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
