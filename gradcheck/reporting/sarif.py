"""Writes reports as SARIF 2.1.0, which code hosts and editors read: one result for each unit that is not good.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0 (2020).
"""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .json_file import write_result

if TYPE_CHECKING:
    from ..verdict.report import Report

SCHEMA_ADDRESS = "https://json.schemastore.org/sarif-2.1.0.json"
RULES = {
    "wrong": "The manual gradient is wrong",
    "judges split": "The judges of a gradient disagree among themselves",
    "imprecise": "The formula is right and loses digits",
    "bad declaration": "The unit cannot be judged as it is declared",
    "not judged": "The unit ended its process, or did not finish",
}
"""For each verdict that is a result, what it means: they are the rules of the file."""
LEVELS = {"imprecise": "warning"}


def write_sarif(reports: "Sequence[Report]", file: Path, option: str = "--sarif") -> None:
    """Write the reports as one run.  UsageError where the file cannot be written."""
    write_result(file, json.dumps(build_log(reports), indent=2) + "\n", option)


def build_log(reports: "Sequence[Report]") -> dict[str, Any]:
    """Build the log: the tool with its rules, and the results in the order of the reports."""
    rules = [{"id": to_rule_id(verdict), "shortDescription": {"text": text}} for verdict, text in RULES.items()]
    driver = {"name": "gradcheck", "version": version("gradcheck"), "rules": rules}
    results = [build_result(report) for report in reports if report.verdict in RULES]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA_ADDRESS, "version": "2.1.0", "runs": [run]}


def build_result(report: "Report") -> dict[str, Any]:
    """Build the result of a unit, with the line that it is about if that is known."""
    result: dict[str, Any] = {
        "ruleId": to_rule_id(report.verdict),
        "ruleIndex": list(RULES).index(report.verdict),
        "level": LEVELS.get(report.verdict, "error"),
        "message": {"text": report.complaint},
    }
    if report.place is not None:
        file = Path(report.place.file)
        address = file.as_uri() if file.is_absolute() else file.as_posix().replace("%", "%25").replace(" ", "%20")
        region = {"startLine": report.place.line}
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": address}, "region": region}}]
    if report.smallest is not None:
        result["properties"] = {"case": str(report.smallest), "rerun": report.rerun_command}
    return result


def to_rule_id(verdict: str) -> str:
    return verdict.replace(" ", "-")
