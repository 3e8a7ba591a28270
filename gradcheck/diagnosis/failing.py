"""Whether a case shows a fault."""

from ..cases.arrays import CaseArrays
from ..cases.case import Case
from ..checks import CHECKS
from ..checks.failure import CheckFailed
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..exact import Tie, Unsupported
from ..execution.run import Run, UnitRaised
from ..unit.subject import Subject

UNIT_ERRORS = (
    UnitRaised,
    DeclarationError,
    IllConditioned,
    NotApplicable,
    Tie,
    Unsupported,
    IndexError,
    KeyError,
    ValueError,
)
"""What a wrong unit raises, or makes of what it returns; any other exception is a defect of this harness."""


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
