"""Does a case show a fault?"""

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
"""What a wrong unit, or what it returns, may raise here; any other exception is a defect of this harness."""


def fails_check(subject: Subject, check: str, case: Case, arrays: CaseArrays | None = None) -> bool:
    """Whether a case fails the check named `check`, or the unit raises there.

    A case that the check does not apply to, or that cannot be judged, does not fail.
    """
    run_check = next(c.run for c in CHECKS if c.name == check)
    try:
        run_check(Run(subject, case, arrays))
    except (CheckFailed, UnitRaised):
        return True
    except (NotApplicable, IllConditioned, DeclarationError):
        pass
    return False
