"""Decides whether a unit that is judged wrong needs a repair of its backward."""

from ..checks import forward
from ..checks.failure import CheckFailed
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from ..unit.subject import Subject
from ..verdict.report import Report


def explain_no_repair(subject: Subject, report: Report) -> tuple[str, str] | None:
    """Return the status and the reason if no edit of the backward is needed; None if one is."""
    if report.good:
        return "right", f"{report.verdict}; there is nothing to repair"
    if report.smallest is None:
        return "bad declaration", report.error or report.message
    if report.verdict == "judges split":
        return "not backward", "the judges disagree among themselves: it is not known that the backward is wrong"
    try:
        run = Run(subject, report.smallest)
        run.outputs  # noqa: B018
        forward.check_forward(run)
    except UnitRaised as error:
        return "not backward", f"the forward itself fails ({error})"
    except DeclarationError as error:
        return "bad declaration", str(error)
    except CheckFailed:
        return "not backward", "the forward differs from the reference: fix the forward first"
    except (NotApplicable, IllConditioned):
        pass
    return None
