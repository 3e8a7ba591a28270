"""The verdict: draws cases, lets each climb the ladder, shrinks what falls, and reports."""

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence

from .arrays import CaseArrays
from .case import Case
from .errors import DeclarationError, GradientMismatch, IllConditioned, NotApplicable
from .finding import Fall, Finding
from .given import fit
from .message import compose
from .report import Report, RungResult
from .run import Crash, Run
from .rungs import LADDER
from .shrinking import shrink
from .subject import Subject, Unit

CASES = 100
SEED = 0
Progress = Callable[[Report], None]


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
) -> Report:
    """Judge one unit against its reference over `cases` random cases, or the one at the address `case`, or `at` arrays.

    Of the arrays `at`, only the inputs must be given: options have their defaults, and an output whose upstream
    gradient is not named gets a random one, drawn from `seed`.

    Returns the report of a unit that is right.  GradientMismatch if it is wrong or its judges are split;
    DeclarationError if it cannot be judged, or not at these arrays; AddressError if `case` does not fit.
    """
    subject = Subject(name or str(getattr(unit, "__name__", "unit")), unit, reference, outside)
    report = examine(subject, cases=cases, seed=seed, case=case, at=at)
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
    progress: Progress | None = None,
) -> list[Report]:
    """Judge many units; a wrong one does not stop the rest.  `progress` is called after every case."""
    return [examine(s, cases=cases, seed=seed, case=case, progress=progress) for s in subjects]


def examine(
    subject: Subject,
    *,
    cases: int = CASES,
    seed: int = SEED,
    case: str | None = None,
    at: CaseArrays | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report on one unit, whatever the verdict."""
    examination = Examination(subject, progress)
    started = time.perf_counter()
    if at is not None:
        if case is not None:
            raise ValueError(f"case {case!r}: arrays are given too; give one of `case` and `at`")
        examination.judge_at(at, seed)
    elif case is not None:
        examination.judge(Case.parse(case, subject.declaration))
    else:
        examination.many(cases, seed)
    examination.report.seconds = time.perf_counter() - started
    return examination.conclude()


class Fallen(Exception):
    """Tells Hypothesis that a case fell and no further one is wanted."""


def kind(error: Exception | None) -> tuple[type, str]:
    """What must stay the same while a case is made smaller."""
    return type(error), error.finding.verdict if isinstance(error, Fall) else ""


class Examination:
    """The cases of one unit, judged one after the other until one falls."""

    def __init__(self, subject: Subject, progress: Progress | None) -> None:
        self.subject = subject
        self.progress = progress
        self.report = Report(subject.name, rungs=[RungResult(rung.name) for rung in LADDER])
        self.smallest: Case | None = None
        self.cause: Exception | None = None
        self.rung = self.report.rungs[0]
        self.arrays: CaseArrays | None = None

    def judge_at(self, arrays: CaseArrays, seed: int) -> None:
        """Judge the case of given arrays, which has sizes and a dtype but no address."""
        case, self.arrays = fit(self.subject.declaration, arrays, seed)
        self.report.given = f"{' '.join(f'{n}={s}' for n, s in case.sizes.items())} {case.dtype}".lstrip()
        self.judge(case)

    def many(self, cases: int, seed: int) -> None:
        """Judge random cases until one falls; then shrink that one."""
        import hypothesis
        from hypothesis import HealthCheck, Phase, Verbosity
        from hypothesis.errors import Flaky, Unsatisfiable

        from .strategies import cases as draw_cases

        settings = hypothesis.settings(
            max_examples=cases,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
            backend="hypothesis",
        )

        @hypothesis.seed(seed)
        @settings
        @hypothesis.given(draw_cases(self.subject.declaration))
        def explore(case: Case) -> None:
            if self.cause is None:
                hypothesis.assume(self.judge(case))
            if self.cause is not None:
                raise Fallen

        with contextlib.suppress(Fallen, Flaky, Unsatisfiable):
            explore()
        if self.smallest is not None:
            shrink(self.smallest, self.falls)

    def judge(self, case: Case) -> bool:
        """Judge a case and count it; False if it is ill-conditioned."""
        report = self.report
        try:
            worst = self.climb(case, report.rungs)
        except IllConditioned:
            report.redrawn += 1
            return False
        except (Fall, DeclarationError, Crash) as error:
            self.smallest, self.cause = case, error
            self.rung.failed += 1
        else:
            if worst >= report.worst:
                report.worst, report.worst_case = worst, case
        report.cases += 1
        if self.progress is not None:
            self.progress(report)
        return True

    def falls(self, case: Case) -> bool:
        """Whether a case falls from the same rung in the same way as the smallest so far; if so it is kept."""
        fell, names = self.rung, [rung.name for rung in LADDER]
        try:
            self.climb(case, [RungResult(name) for name in names[: names.index(fell.name) + 1]])
        except (Fall, DeclarationError, Crash) as error:
            if self.rung.name == fell.name and kind(error) == kind(self.cause):
                self.smallest, self.cause = case, error
                return True
        except IllConditioned:
            pass
        finally:
            self.rung = fell
        return False

    def climb(self, case: Case, results: Sequence[RungResult]) -> float:
        """The worst error over tolerance of a case that passes every rung that there is a result for."""
        run = Run(self.subject, case, self.arrays)
        worst = 0.0
        for rung, self.rung in zip(LADDER, results, strict=False):
            try:
                ratio = rung.climb(run)
            except NotApplicable as why:
                self.rung.reasons[str(why)] = self.rung.reasons.get(str(why), 0) + 1
                continue
            self.rung.passed += 1
            self.rung.worst = max(self.rung.worst, ratio)
            worst = max(worst, ratio)
        return worst

    def conclude(self) -> Report:
        report = self.report
        report.cause, report.smallest = self.cause, self.smallest
        if report.given:
            report.smallest = report.worst_case = None
        if isinstance(self.cause, DeclarationError):
            where = f"given arrays, {report.given}" if report.given else f"case {self.smallest}"
            report.verdict, report.error = "bad declaration", f"{self.cause} ({where})"
        elif isinstance(self.cause, Crash):
            report.finding = Finding(self.rung.name, "wrong", str(self.cause), (("raised", self.cause.where),))
        elif isinstance(self.cause, Fall):
            report.finding = self.cause.finding
        elif not report.cases:
            report.verdict = "bad declaration"
            report.error = f"{report.name}: no case could be judged: rounding grows to the size of what is to be judged"
        if report.finding is not None:
            report.verdict = report.finding.verdict
        elif report.good:
            report.reason = "numeric judges only"
        report.message = compose(report, self.subject)
        return report
