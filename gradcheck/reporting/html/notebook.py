"""Renders one result as a piece of HTML for a notebook, with a style of its own and no script.

Text and lines are in the color of the notebook, so that they can be read in a light and in a dark one.
"""

import base64
import io
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from ...checks.failure import format_error_ratio
from ...diagnosis import Diagnosis
from ...diagnosis.map_text import format_error_map
from ...exact import Certificate
from ...flow.comparison import FlowComparison
from ...flow.gradient_flow import GradientFlow
from ...repair import RepairOutcome
from ...verdict.counts import format_count
from ...verdict.report import Report
from ..flow_table import FLOW_HEADINGS, format_flow_cells, list_shown_lags
from .rendering import render_fragment
from .words import VERDICT_TEXTS

SIGNS = {verdict: sign for verdict, (sign, _) in VERDICT_TEXTS.items()} | {
    "repaired": "✓",
    "right": "✓",
    "no patch": "✕",
}
PICTURE_TEXT = "How far gradients reach: norms by lag, a line for each radius, and maps over lag and step"


def render_for_notebook(result: Any) -> str:
    """Render a report, certificate, diagnosis, repair or flow.  TypeError if it is none of these."""
    return render_fragment("notebook.html", **{**EMPTY, **describe(result)})


def render_as_text(result: Any) -> str:
    """Render the same without the picture, as text."""
    found = {**EMPTY, **describe(result)}
    head = ", ".join(str(part) for part in (found["status"], found["name"], *found["facts"]) if part)
    rows = [[str(cell) for cell in row] for row in (found["headings"], *found["rows"])] if found["rows"] else []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    parts = ([head] if head else []), found["texts"], table, *([block] for block in found["blocks"])
    return "\n\n".join("\n".join(part) for part in parts if part)


EMPTY: dict[str, Any] = dict.fromkeys(("status", "sign", "name", "picture", "picture_text"), "") | dict.fromkeys(
    ("facts", "texts", "headings", "rows", "blocks"), ()
)


@singledispatch
def describe(result: Any) -> dict[str, Any]:
    """What the template shows of a result, by the names in it."""
    raise TypeError(f"{type(result).__name__}: there is no display of it; give a report, certificate, repair or flow")


@describe.register
def describe_report(report: Report) -> dict[str, Any]:
    checks = [
        (c.name, c.status, format_error_ratio(c.worst) if c.worst else "", "; ".join(c.reasons)) for c in report.checks
    ]
    parts = [report.covers, report.reason, *report.notes]
    found = report.diagnosis
    return {
        "status": report.verdict,
        "sign": SIGNS[report.verdict],
        "name": report.name,
        "facts": (format_count(report.cases, "case"),),
        "texts": [*filter(None, parts), *([] if report.certificate is None else [describe_bound(report.certificate)])],
        "headings": ("check", "result", "worst", "remark"),
        "rows": checks,
        "blocks": [*filter(None, [report.message]), *([] if found is None else list_maps(found))],
    }


@describe.register
def describe_certificate(certificate: Certificate) -> dict[str, Any]:
    parts = [certificate.claim, certificate.covers, certificate.reason]
    return {
        "status": certificate.verdict,
        "sign": SIGNS.get(certificate.verdict, "!"),
        "name": certificate.unit,
        "facts": (format_count(certificate.case_count, "case"), "in exact arithmetic"),
        "texts": [*filter(None, parts), describe_bound(certificate)],
        "headings": ("function", "assumed rule"),
        "rows": [*certificate.rules.items()],
    }


def describe_bound(certificate: Certificate) -> str:
    if certificate.verdict != "proved":
        return "Exact arithmetic gives no bound."
    return f"A wrong backward would pass exact arithmetic with probability at most 2^{certificate.log2_bound:.0f}."


@describe.register
def describe_diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    rows = [
        ("where", diagnosis.location),
        ("looks like", diagnosis.pattern or "no known pattern"),
        ("shown at", str(diagnosis.case)),
        *((f"not known: {what}", why) for what, why in diagnosis.not_determined.items()),
    ]
    return {"headings": ("fault", ""), "rows": [row for row in rows if row[1]], "blocks": list_maps(diagnosis)}


def list_maps(diagnosis: Diagnosis) -> list[str]:
    return [] if diagnosis.error_map is None else [format_error_map(diagnosis.error_map)]


@describe.register
def describe_repair(outcome: RepairOutcome) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "sign": SIGNS.get(outcome.status, "!"),
        "name": outcome.name,
        "facts": (f"{format_count(outcome.tried, 'edit')} tried in {outcome.seconds:.1f} s",),
        "texts": [*filter(None, [outcome.reason])],
        "headings": ("patch", "edits", "verdict"),
        "rows": [
            (k, ", ".join(p.kinds), p.report.verdict if p.report else "") for k, p in enumerate(outcome.patches, 1)
        ],
        "blocks": [patch.diff() for patch in outcome.patches],
    }


@describe.register
def describe_flow(found: GradientFlow) -> dict[str, Any]:
    return describe_flows([found])


@describe.register
def describe_comparison(comparison: FlowComparison) -> dict[str, Any]:
    return describe_flows(comparison.flows)


def describe_flows(flows: Sequence[GradientFlow]) -> dict[str, Any]:
    lags = list_shown_lags(len(flows[0].jacobians))
    return {
        "headings": (*FLOW_HEADINGS, *(f"lag {lag}" for lag in lags), "a step"),
        "rows": [format_flow_cells(found) for found in flows],
        "picture": draw_picture(flows),
        "picture_text": PICTURE_TEXT,
    }


def draw_picture(flows: Sequence[GradientFlow]) -> str:
    """The picture of the flows as SVG in base64; empty without matplotlib."""
    from ...flow.plot import draw_flows

    drawn = io.BytesIO()
    try:
        draw_flows(flows).savefig(drawn, format="svg", metadata={"Date": None})
    except ModuleNotFoundError:
        return ""
    return base64.b64encode(drawn.getvalue()).decode()
