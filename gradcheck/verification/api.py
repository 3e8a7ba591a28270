"""The public verbs: check one unit, verify many, examine without raising, prove in exact arithmetic alone."""

import time
from collections.abc import Callable, Iterable

from ..cases.arrays import CaseArrays
from ..cases.user_arrays import fit_case
from ..checks import CHECKS, NUMERIC_CHECKS
from ..errors import DeclarationError
from ..unit.discovery import UnitFiles
from ..unit.isolation import restore_global_state
from ..unit.partials import get_unit_name
from ..unit.subject import Subject, UnitFunction
from ..verdict.mismatch import GradientMismatch
from ..verdict.report import Report, report_bad_declaration
from ..verdict.tally import Tally
from .conclusion import conclude
from .judge import add_up, judge_case, judge_steps
from .progress import Watch, ignore_progress
from .settings import CASES, EXACT_CASES, SEED, Settings


def check(
    unit: UnitFunction,
    reference: UnitFunction,
    *,
    outside: UnitFunction | None = None,
    name: str | None = None,
    cases: int = CASES,
    seed: int = SEED,
    case: str | None = None,
    at: CaseArrays | None = None,
    exact: bool = True,
    blame: bool = True,
    mutants: int | None = 0,
) -> Report:
    """Judge one unit against its reference over `cases` random cases, or the one at the address `case`, or `at` arrays.

    Of the arrays `at`, only the inputs must be given: options have their defaults, and an output whose upstream
    gradient is not named gets a random one, drawn from `seed`.  `mutants` is how many faults are planted in the unit's
    backward once it is right, to see whether each is seen; None plants every single-edit fault.

    Returns the report of a unit that is right.  GradientMismatch if it is wrong or its judges are split;
    DeclarationError if it cannot be judged, or not at these arrays; AddressError if `case` does not fit.
    """
    __tracebackhide__ = True
    subject = Subject(name or get_unit_name(unit), unit, reference, outside)
    report = examine(subject, cases=cases, seed=seed, case=case, at=at, exact=exact, blame=blame, mutants=mutants)
    if isinstance(report.cause, DeclarationError):
        raise report.cause
    if not report.good:
        raise GradientMismatch(report.message, report)
    return report


def verify(
    subjects: Iterable[Subject],
    *,
    cases: int = CASES,
    seed: int = SEED,
    case: str | None = None,
    exact: bool = True,
    mutants: int | None = 0,
    progress: Watch = ignore_progress,
) -> list[Report]:
    """Judge many units; a wrong one does not stop the rest.  `progress` is told before every case how far it is."""
    return [
        examine(s, cases=cases, seed=seed, case=case, exact=exact, mutants=mutants, progress=progress) for s in subjects
    ]


@restore_global_state()
def examine(
    subject: Subject,
    *,
    cases: int = CASES,
    seed: int = SEED,
    case: str | None = None,
    at: CaseArrays | None = None,
    exact: bool = True,
    blame: bool = True,
    mutants: int | None = 0,
    progress: Watch = ignore_progress,
    start: int = 0,
) -> Report:
    """The report on one unit, whatever the verdict; without `exact`, by the numeric judges alone.

    The first `start` of the random cases, a multiple of `ranges.SIZE`, are left out: another process judges them.

    Without `blame`, nothing is found out about a fault beyond the smallest case that shows it, which saves a second.
    `mutants` faults are planted, or all where it is None, after random cases, numeric and exact, that the unit passed.
    """
    settings = Settings(cases, seed, start, case, EXACT_CASES if exact else 0, mutants=mutants, diagnose=blame)
    if at is None:
        return judge_unit(subject, settings, progress)
    if case is not None:
        raise ValueError(f"case {case!r}: arrays are given too; give one of `case` and `at`")
    return judge_arrays(subject, at, settings, progress)


@restore_global_state()
def prove(subject: Subject, *, cases: int = EXACT_CASES, trials: int = 1, seed: int = SEED) -> Report:
    """Judge a unit in exact arithmetic alone, `cases` cases over every option; the report holds the certificate.

    Of each case, at least `trials` over primes of their own, and as many as take the probability that a wrong backward
    passes to 2^-128 or below.
    """
    return judge_unit(subject, Settings(0, seed, exact_cases=cases, trials=trials))


def judge_unit(subject: Subject, settings: Settings, watch: Watch = ignore_progress) -> Report:
    """Judge the steps of a unit one after the other, up to the first in which a case fails, and conclude."""
    started = time.perf_counter()
    report = conclude(subject, add_up(judge_steps(subject, settings, watch)), settings, watch)
    report.seconds = time.perf_counter() - started
    return report


def judge_arrays(subject: Subject, at: CaseArrays, settings: Settings, watch: Watch) -> Report:
    """Judge a unit at given arrays, which have sizes and a dtype but no address."""
    started = time.perf_counter()
    case, arrays = fit_case(subject.declaration, at, settings.seed)
    tally = Tally()
    tally.note(judge_case(subject, case, CHECKS if settings.exact else NUMERIC_CHECKS, arrays))
    report = conclude(subject, tally, settings, watch, given=(case, arrays))
    report.seconds = time.perf_counter() - started
    return report


def attempt(pair: UnitFiles, action: Callable[[Subject], Report]) -> Report:
    """What `action` reports of the unit, or why the unit cannot be judged."""
    try:
        return action(pair.load())
    except DeclarationError as error:
        return report_bad_declaration(pair.name, error)
