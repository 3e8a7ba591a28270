"""Rounding at a large case is explained by a small one like it: sixty digits take seconds where arrays are large."""

from dataclasses import replace

from ..cases.fitting import count_entries
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from . import Check
from .arbitration import arbitrate
from .failure import CheckFailed
from .outcome import Ruling

MOST_ENTRIES = 200
LARGEST_SIZE = 3
LARGEST_RATIO = 2.0**33
"""Single precision inside double loses 2^29 of its digits' worth.  What is further off is judged at its own size."""


def explain_by_smaller_case(run: Run, check: Check, error: CheckFailed | UnitRaised) -> Ruling | None:
    """How the unit loses digits at small sizes too, where the failure is of that size; None where it does not.

    A fault of the large case alone is hidden if it is as small as that, in a unit that is imprecise anyway.
    """
    case = run.case
    if isinstance(error, UnitRaised) or not error.failure.ratio <= LARGEST_RATIO:
        return None
    if count_entries(run.declaration, case.sizes) <= MOST_ENTRIES:
        return None
    sizes = {letter: min(size, LARGEST_SIZE) for letter, size in case.sizes.items()}
    try:
        small = Run(run.subject, replace(case, sizes=sizes))
        check.run(small)
    except CheckFailed as smaller:
        return find_lost_digits(small, check, smaller)
    except (DeclarationError, IllConditioned, NotApplicable, UnitRaised):
        pass
    return None


def find_lost_digits(run: Run, check: Check, error: CheckFailed) -> Ruling | None:
    try:
        ruling = arbitrate(run, check.name, error)
    except (CheckFailed, DeclarationError, IllConditioned, UnitRaised):
        return None
    return ruling if ruling.imprecise or check.name == "complex step" else None
