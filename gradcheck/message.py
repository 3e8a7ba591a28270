"""What a failure looks like: everything on the first line, then who, how much, where, and how to see it again."""

from .partial import name_of
from .report import Report
from .subject import Subject


def compose(report: Report) -> str:
    """The message of a report that is not good; empty for one that is."""
    if report.error:
        return report.error
    if report.finding is None:
        return ""
    lines = [*report.finding.details]
    if report.given:
        lines.append(("at", f"the arrays given, {report.given}"))
    if report.smallest is not None:
        lines.append(("smallest", str(report.smallest).replace(",", " ")))
        lines.append(("again", report.again))
    return "\n".join([f"{report.name} {report.finding.headline}", *(f"  {label:<10} {text}" for label, text in lines)])


def again(subject: Subject, case: str) -> str:
    if subject.again:
        return f"{subject.again} --case {case}"
    names = ", ".join(name_of(f) for f in (subject.unit, subject.reference))
    return f'gradcheck.check({names}, case="{case}")'
