"""A failure at a large case is explained by a small one that fails too: sixty digits take long on large arrays."""

from collections.abc import Iterator
from dataclasses import replace

from ..cases.case import Case
from ..cases.fitting import count_entries
from ..checks import Check
from ..checks.arbitration import arbitrate, is_arbitrated, name_wrong
from ..checks.failure import CheckFailed
from ..checks.outcome import CheckOutcome, Ruling
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from .unjudged import excuse_not_finite

MOST_ENTRIES = 100
"""A case with fewer numbers than that is explained by itself."""
SMALL_SIZE = 2
LARGER_SIZES = 4, 8, 16
LARGEST_RATIO = 2.0**33
"""Single precision inside double loses 2^29 of its digits' worth.  What is further off is judged at its own size."""


def run_check(run: Run, check: Check) -> CheckOutcome:
    """The outcome of a check; a failure at values where nothing is due says nothing of the unit."""
    try:
        return check.run(run)
    except (CheckFailed, UnitRaised) as error:
        if reason := excuse_not_finite(run, check.name):
            raise IllConditioned(reason) from error
        raise


def let_stand(run: Run, check: Check, error: CheckFailed | UnitRaised) -> Ruling:
    """Explain nothing: every failure counts, that of rounding too."""
    raise error


def explain_failure(run: Run, check: Check, error: CheckFailed | UnitRaised) -> Ruling:
    """What explains that a case fails a check; the error, perhaps with a clearer verdict, where nothing does.

    What fails at a smaller case by a fault is wrong.  A unit that loses digits there loses them here too, if the
    failure is of that size: a fault of the large case alone is hidden if it is as small as that, in a unit that is
    imprecise anyway.
    """
    if isinstance(error, UnitRaised) or not is_arbitrated(check.name):
        return arbitrate(run, check.name, error)
    found = find_smaller_failure(run, check)
    if found is None:
        return arbitrate(run, check.name, error)
    small, smaller_error = found
    try:
        ruling = arbitrate(small, check.name, smaller_error)
    except CheckFailed as stands:
        raise (name_wrong(error) if stands.failure.verdict == "wrong" else error) from stands
    loses_digits = ruling.imprecise or check.name == "complex step"
    return ruling if loses_digits and error.failure.ratio <= LARGEST_RATIO else arbitrate(run, check.name, error)


def find_smaller_failure(run: Run, check: Check) -> tuple[Run, CheckFailed] | None:
    """A smaller case that fails the same check, and how; None where none does, or where this one is small enough."""
    if run.has_given_arrays or count_entries(run.declaration, run.case.sizes) <= MOST_ENTRIES:
        return None
    for case in list_reduced_cases(run.case):
        try:
            small = Run(run.subject, case)
            run_check(small, check)
        except CheckFailed as error:
            return small, error
        except (DeclarationError, IllConditioned, NotApplicable, UnitRaised):
            continue
    return None


def list_reduced_cases(case: Case) -> Iterator[Case]:
    """Yield the case with small sizes, with one of its sizes and the others small, and with larger ones."""
    small = {letter: min(size, SMALL_SIZE) for letter, size in case.sizes.items()}
    single = [{**small, letter: size} for letter, size in case.sizes.items() if size > SMALL_SIZE]
    larger = [{letter: min(size, most) for letter, size in case.sizes.items()} for most in LARGER_SIZES]
    tried = [dict(case.sizes)]
    for sizes in (small, *single, *larger):
        if sizes not in tried:
            tried.append(sizes)
            yield replace(case, sizes=sizes)
