"""The public verbs: check one unit, verify many, examine without raising, prove in exact arithmetic alone."""

import time
from collections.abc import Iterable

from ..cases.arrays import CaseArrays
from ..cases.case import Case
from ..checks.finding import Fall
from ..errors import DeclarationError
from ..unit.isolation import restored
from ..unit.partials import name_of
from ..unit.subject import Subject, Unit
from ..verdict.mismatch import GradientMismatch
from ..verdict.report import Report
from .examination import EXACT_CASES, Examination, Progress

CASES = 100
SEED = 0


def check(
    unit: Unit,
    reference: Unit,
    *,
    outside: Unit | None = None,
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
    subject = Subject(name or name_of(unit), unit, reference, outside)
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
    progress: Progress | None = None,
) -> list[Report]:
    """Judge many units; a wrong one does not stop the rest.  `progress` is called after every case."""
    return [
        examine(s, cases=cases, seed=seed, case=case, exact=exact, mutants=mutants, progress=progress) for s in subjects
    ]


@restored()
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
    progress: Progress | None = None,
    start: int = 0,
) -> Report:
    """The report on one unit, whatever the verdict; without `exact`, by the numeric judges alone.

    The first `start` of the random cases, a multiple of `ranges.SIZE`, are left out: another process judges them.

    Without `blame`, nothing is found out about a fault beyond the smallest case that shows it, which saves a second.
    `mutants` faults are planted, or all where it is None, after random cases, numeric and exact, that the unit passed.
    """
    examination = Examination(subject, progress, blame=blame, exact=exact)
    started = time.perf_counter()
    if at is not None:
        if case is not None:
            raise ValueError(f"case {case!r}: arrays are given too; give one of `case` and `at`")
        examination.judge_at(at, seed)
    elif case is not None:
        examination.judge(Case.parse(case, subject.declaration))
    else:
        examination.many(cases, seed, start)
        if subject.adapted and isinstance(examination.cause, Fall) and examination.rung.name != "forward":
            examination.judge_forward(cases, seed)
        if exact and examination.cause is None and examination.report.cases:
            examination.prove(seed)
            if mutants != 0 and examination.cause is None:
                examination.bite(mutants, seed)
    examination.report.seconds = time.perf_counter() - started
    return examination.conclude()


@restored()
def prove(subject: Subject, *, cases: int = EXACT_CASES, trials: int = 1, seed: int = SEED) -> Report:
    """Judge a unit in exact arithmetic alone, `cases` cases over every option; the report holds the certificate.

    Of each case, at least `trials` over primes of their own, and as many as take the probability that a wrong backward
    passes to 2^-128 or below.
    """
    examination = Examination(subject, None, trials)
    started = time.perf_counter()
    examination.prove(seed, cases)
    examination.report.seconds = time.perf_counter() - started
    return examination.conclude()
