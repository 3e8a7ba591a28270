"""The public functions: `check` one unit, `verify` many, `examine` without raising, `prove` by exact arithmetic."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..cases.arrays import CaseArrays
from ..cases.user_arrays import fit_case
from ..checks import CHECKS, NUMERIC_CHECKS
from ..errors import DeclarationError
from ..unit.discovery import UnitFiles
from ..unit.isolation import restore_global_state, restore_numpy
from ..unit.partials import get_unit_name
from ..unit.plain import Example, adapt_plain, is_plain
from ..unit.subject import Subject, UnitFunction
from ..verdict.mismatch import GradientMismatch
from ..verdict.report import Report, report_bad_declaration
from .conclusion import conclude
from .defects import contain_defects
from .judge import add_up, judge_steps, tally_cases
from .progress import Watch, ignore_progress
from .settings import CASES, EXACT_CASES, SEED, Settings


def check(
    unit: UnitFunction,
    reference: UnitFunction | None = None,
    *,
    example: Example | None = None,
    third_party: UnitFunction | None = None,
    name: str | None = None,
    cases: int = CASES,
    seed: int = SEED,
    case: str | None = None,
    at: CaseArrays | None = None,
    exact: bool = True,
    diagnose: bool = True,
    mutants: int | None = 0,
    strict: bool = False,
) -> Report:
    """Judge one unit on `cases` cases, or on the one whose id is `case`, or at the arrays `at`.

    Without a reference, the backward is judged as the derivative of the unit's own forward, and the unit may be a plain
    function: it returns an array, or a tuple of arrays, and a backward that takes as much and returns a gradient for
    each float argument, in their order or by name.  Shapes follow from its annotations, or from the arrays of
    `example`, arguments in their order or by name: a size that occurs twice is one size.

    Of `at`, only the inputs must be given: options have their defaults, and an output without an upstream gradient
    gets a random one, drawn from `seed`.  `mutants` is how many faults are planted in the backward if it is right, to
    see whether the checks notice each; None plants every single-edit fault.

    Return the report of a unit that is right.  Raise GradientMismatch if it is wrong or its judges are split, or with
    `strict` if it is imprecise; DeclarationError if it cannot be judged, or not at these arrays; CaseIdError if `case`
    does not fit the unit.  An exception of gradcheck itself is raised as it is.
    """
    __tracebackhide__ = True
    name = name or get_unit_name(unit)
    if example is not None or (reference is None and is_plain(unit)):
        unit = adapt_plain(unit, example)
    subject = Subject(name, unit, reference, third_party)
    report = examine(subject, cases=cases, seed=seed, case=case, at=at, exact=exact, diagnose=diagnose, mutants=mutants)
    if isinstance(report.cause, DeclarationError):
        raise report.cause
    if report.verdict == "not judged" and report.cause is not None:
        report.cause.add_note(report.message)
        raise report.cause
    if not report.passes(strict):
        raise GradientMismatch(report.complaint, report)
    return report


def as_test(
    reference: UnitFunction | None = None, *, example: Example | None = None, **given: Any
) -> Callable[[UnitFunction], Callable[[], None]]:
    """Make a test of a unit, by a decorator: pytest runs it, and `check` judges the unit with these arguments.

    @gradcheck.as_test(example=[np.ones(3)])
    def test_softplus(x):
        return np.log1p(np.exp(x)), lambda dy: dy / (1 + np.exp(-x))
    """

    def decorate(unit: UnitFunction) -> Callable[[], None]:
        def test() -> None:
            __tracebackhide__ = True
            check(unit, reference, example=example, **given)

        test.__name__, test.__doc__ = get_unit_name(unit), getattr(unit, "__doc__", None)
        test.__module__ = str(getattr(unit, "__module__", __name__))
        return test

    return decorate


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
    """Judge many units; a wrong one does not stop the rest.  `progress` is called before every case."""
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
    diagnose: bool = True,
    mutants: int | None = 0,
    progress: Watch = ignore_progress,
    start: int = 0,
    replay: Sequence[str] = (),
) -> Report:
    """Return the report on one unit, whatever the verdict; without `exact`, from the numeric checks alone.

    The first `start` cases, a multiple of `BATCH_SIZE`, are left out, because another process judges them.  The cases
    whose ids are in `replay` are judged before all others; they count only if one fails.

    Without `diagnose`, a failure is only shrunk to its smallest case, which saves a second.  If the unit passes every
    case, `mutants` faults are planted in its backward, or all if it is None.
    """
    first = {subject.name: tuple(replay)} if replay else {}
    exact_cases = EXACT_CASES if exact else 0
    settings = Settings(cases, seed, start, case, exact_cases, mutants=mutants, diagnose=diagnose, replay=first)
    if at is None:
        return judge_unit(subject, settings, progress)
    if case is not None:
        raise ValueError(f"case {case!r}: arrays are given too; give one of `case` and `at`")
    return judge_arrays(subject, at, settings, progress)


@restore_global_state()
def prove(subject: Subject, *, cases: int = EXACT_CASES, trials: int = 1, seed: int = SEED) -> Report:
    """Judge a unit in exact arithmetic alone, on `cases` cases spread over its options; the report has the certificate.

    Each case is tried over at least `trials` different primes, and over as many as it takes until the probability that
    a wrong backward passes is 2^-128 or less.
    """
    return judge_unit(subject, Settings(0, seed, exact_cases=cases, trials=trials))


def judge_unit(subject: Subject, settings: Settings, watch: Watch = ignore_progress) -> Report:
    """Judge the steps of a unit one after the other, up to the first in which a case fails, and make the report."""

    def judge(told: Watch) -> Report:
        return conclude(subject, add_up(judge_steps(subject, settings, told)), settings, told)

    return judge_timed(subject, judge, watch)


def judge_arrays(subject: Subject, at: CaseArrays, settings: Settings, watch: Watch) -> Report:
    """Judge a unit at given arrays, which have sizes and a dtype but no case id."""
    case, arrays = fit_case(subject.declaration, at, settings.seed)
    checks = CHECKS if settings.exact else NUMERIC_CHECKS

    def judge(told: Watch) -> Report:
        tally = tally_cases(subject, [case], checks, 1, ignore_progress, arrays)
        return conclude(subject, tally, settings, told, given=(case, arrays))

    return judge_timed(subject, judge, watch)


def judge_timed(subject: Subject, judge: Callable[[Watch], Report], watch: Watch) -> Report:
    """Return what `judge` reports, or that gradcheck itself raised meanwhile; with the seconds that it took."""
    started = time.perf_counter()
    report = contain_defects(subject.name, judge, watch, subject.command)
    report.seconds = time.perf_counter() - started
    return report


def attempt(pair: UnitFiles, action: Callable[[Subject], Report]) -> Report:
    """Return what `action` reports of the unit, or the report that it cannot be judged."""
    try:
        return contain_defects(pair.name, lambda _: action(pair.load()), command=pair.command)
    except DeclarationError as error:
        return report_bad_declaration(pair.name, error)
    finally:
        restore_numpy()
