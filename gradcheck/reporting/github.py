"""Annotations of GitHub Actions: a line of the log that GitHub shows beside the line of the file that it names.

Source: GitHub, Workflow commands for GitHub Actions, "Setting an error message".
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..verdict.report import Report

MESSAGE_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY_ESCAPES = {**MESSAGE_ESCAPES, ":": "%3A", ",": "%2C"}


def is_on_github() -> bool:
    """Whether this process runs in GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def format_annotations(reports: "Iterable[Report]") -> list[str]:
    """Format an annotation for each report that has something to complain of."""
    return [format_annotation(report) for report in reports if report.message]


def format_annotation(report: "Report") -> str:
    """Format the first line of a message, at the line that it is about if that is known."""
    place = {} if report.place is None else {"file": report.place.file, "line": str(report.place.line)}
    properties = {**place, "title": f"gradcheck: {report.name} is {report.verdict}"}
    stated = ",".join(f"{name}={escape(value, PROPERTY_ESCAPES)}" for name, value in properties.items())
    return f"::error {stated}::{escape(report.message.partition(chr(10))[0], MESSAGE_ESCAPES)}"


def escape(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
