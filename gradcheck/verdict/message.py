"""The message of a failure: a first line that is complete in itself, then labelled lines that explain it."""

from ..unit.discovery import UnitFiles
from .report import Report


def compose_message(report: Report) -> str:
    """Compose the message of a report whose verdict is not good; empty if it is good."""
    if report.error:
        stated = report.place is None or report.place.file in report.error
        return report.error if stated else f"{report.error}\n  {'line':<10} {report.place}"
    if report.failure is None:
        return ""
    lines = [*report.failure.details]
    if report.place is not None and "raised" not in report.failure.lines:
        at = next((k for k, (label, _) in enumerate(lines) if label == "look at"), len(lines))
        lines.insert(at, ("line", str(report.place)))
    if report.given:
        lines.append(("at", f"the arrays given, {report.given}"))
    if report.smallest is not None:
        lines.append(("smallest", str(report.smallest).replace(",", " ")))
        lines.append(("rerun", report.rerun_command))
    return "\n".join([f"{report.name} {report.failure.headline}", *(f"  {label:<10} {text}" for label, text in lines)])


def report_lost_unit(pair: UnitFiles, reason: str, case: str, cases: int, timeout: float) -> Report:
    """Report on a unit that ended its worker, or ran out of time, at this case after so many others."""
    why, remedy = f"its process died ({reason})", "fix the code that does this"
    if reason == "timeout":
        why = f"it did not finish within {timeout:g} s of processor time"
        remedy = "fix an endless loop, or allow more time with --timeout SECONDS"
    error = f"{pair.name}: {why}; {remedy}"
    lines = [f"  {'at':<10} {case.replace(',', ' ') or 'import'}"]
    if case:
        lines.append(f"  {'rerun':<10} {pair.command(case)}")
    return Report(pair.name, verdict="not judged", error=error, message="\n".join((error, *lines)), cases=cases)
