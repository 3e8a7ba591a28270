"""Whether a case shows a fault."""

from ..cases.arrays import CaseArrays
from ..cases.case import Case
from ..checks import CHECKS
from ..checks.failure import CheckFailed
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from ..unit.subject import Subject


def fails_check(subject: Subject, rung: str, case: Case, arrays: CaseArrays | None = None) -> bool:
    """Whether a case does not pass the check."""
    climb = next(r.run for r in CHECKS if r.name == rung)
    try:
        climb(Run(subject, case, arrays))
    except (CheckFailed, UnitRaised):
        return True
    except (NotApplicable, IllConditioned, DeclarationError):
        pass
    return False
