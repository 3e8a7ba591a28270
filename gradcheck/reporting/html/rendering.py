"""Renders the templates: one page, with its style and its script inside, and a policy that lets nothing else in."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from . import charts, words

TEMPLATES = Path(__file__).parent / "templates"
FILTERS = {
    "over": words.over,
    "number": words.number,
    "climbed": words.climbed,
    "decided": words.decided,
    "heat_map": charts.heat_map,
    "lag_map": charts.lag_map,
    "bars": charts.bars,
}


def render(units: Sequence[Mapping[str, Any]]) -> str:
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment.get_template("report.html").render(
        units=units,
        counts=words.counted(units),
        verdicts=words.VERDICTS,
        rungs=words.RUNGS,
        bar_height=charts.HEIGHT,
        cell=charts.CELL,
        versions=words.versions(),
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        policy=f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src {digest(style)}; script-src {digest(script)}",
        style=style,
        script=script,
    )


def digest(source: str) -> str:
    """What lets this very text in."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
