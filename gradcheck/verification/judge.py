"""The core: judge a case, add up the cases of a step, and find the smallest case that fails in the same way."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial

from ..cases.arrays import CaseArrays
from ..cases.batches import CaseBatch
from ..cases.case import Case
from ..cases.shrinking import shrink
from ..cases.unit_sequence import get_sequence
from ..checks import CHECKS, EXACT_CHECKS, NUMERIC_CHECKS, Check, make_exact_checks
from ..checks.failure import CheckFailed
from ..checks.outcome import CheckOutcome, Ruling
from ..errors import CaseIdError, DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from ..judges.oracle import NO_THIRD_PARTY
from ..unit.isolation import end_forked_children, ignore_warnings
from ..unit.subject import Subject
from ..unit.unrecorded import unrecorded
from ..verdict.case_result import CaseResult, CheckResult
from ..verdict.tally import Tally
from .progress import Progress, Watch, ignore_progress
from .recording import get_recorder
from .settings import Settings, Step
from .smaller_case import explain_failure, let_stand, run_check
from .unjudged import explain_raising_reference, explain_refusal, find_not_finite

Explain = Callable[[Run, Check, CheckFailed | UnitRaised], Ruling]


def judge_case(
    subject: Subject,
    case: Case,
    checks: Sequence[Check],
    arrays: CaseArrays | None = None,
    explain: Explain = explain_failure,
) -> CaseResult:
    """Apply the checks to a case, or to given arrays, up to the first that fails.

    The result is plain data.  An exception that is not listed here is a defect of gradcheck: `defects` catches it.

    explain  says whether a failure is no fault, or raises it
    """
    with ignore_warnings(empty=0 in case.sizes.values()), end_forked_children():
        return apply_checks(subject, case, checks, arrays, explain)


def apply_checks(
    subject: Subject, case: Case, checks: Sequence[Check], arrays: CaseArrays | None, explain: Explain
) -> CaseResult:
    """The results of the checks at a case, up to the first that fails."""
    results: list[CheckResult] = []
    name = checks[0].name
    try:
        run = Run(subject, case, arrays)
    except IllConditioned as why:  # an array would have no shape
        return CaseResult(case, skipped=str(why), unjudged=str(why))
    except DeclarationError as error:
        return CaseResult(case, (), name, error)
    try:
        for check in checks:
            name = check.name
            try:
                with unrecorded() if name == "exact" and results else nullcontext():
                    results.append(CheckResult(name, explain_check(run, check, explain)))
            except NotApplicable as why:
                results.append(CheckResult(name, reason=str(why)))
    except IllConditioned as why:
        skipped = str(why) or "ill-conditioned"
        return CaseResult(case, tuple(results), skipped=skipped, unjudged=str(find_not_finite(run) or ""))
    except (CheckFailed, DeclarationError, UnitRaised) as error:
        if isinstance(error, UnitRaised) and 0 in case.sizes.values():
            skipped = f"the unit does not take a size of 0: {error}"
            return CaseResult(case, tuple(results), skipped=skipped, unjudged=explain_refusal(run, error))
        if raised := explain_raising_reference(case, error):
            return CaseResult(case, tuple(results), skipped=raised, unjudged=raised)
        return CaseResult(case, tuple(results), name, error)
    left_out = dict.fromkeys(r.outcome.ill_conditioned for r in results if r.outcome.ill_conditioned)
    return CaseResult(case, tuple(results), unjudged="; ".join(left_out))


def explain_check(run: Run, check: Check, explain: Explain) -> CheckOutcome:
    """The outcome of a check; where the case fails it, what explains that, if anything does."""
    try:
        with end_forked_children():
            return run_check(run, check)
    except (CheckFailed, UnitRaised) as error:
        with unrecorded():
            return explain(run, check, error).outcome


def judge_step(
    subject: Subject,
    step: Step,
    settings: Settings,
    watch: Watch = ignore_progress,
    checks: Sequence[Check] = NUMERIC_CHECKS,
) -> Tally:
    """Judge the cases of a step up to the first that fails, and add up; `checks` are applied to its numeric cases."""
    if step == "case":
        case = Case.parse(str(settings.case), subject.declaration)
        return tally_cases(subject, [case], CHECKS if settings.exact else NUMERIC_CHECKS, 1, watch)
    if step == "replay":
        return replay_cases(subject, settings, watch)
    if isinstance(step, CaseBatch):
        sequence = get_sequence(subject, settings.seed)
        drawn = (sequence[number] for number in step.numbers)
        return tally_cases(subject, drawn, checks, step.cases, watch)
    exact = EXACT_CHECKS if settings.trials == 1 else make_exact_checks(settings.trials)
    whole = Tally()
    for cases, wanted in exact_draws(subject, settings):
        if whole.failure is None:
            whole += tally_cases(subject, cases, exact, wanted, watch)
    return whole


def replay_cases(subject: Subject, settings: Settings, watch: Watch) -> Tally:
    """Judge the cases at which the unit failed before.  They count only if it fails again."""
    cases = []
    for case_id in settings.replay.get(subject.name, ()):
        with suppress(CaseIdError):  # the unit is declared otherwise now
            cases.append(Case.parse(case_id, subject.declaration))
    tally = tally_cases(subject, cases, CHECKS if settings.exact else NUMERIC_CHECKS, len(cases), watch)
    return tally if tally.failure is not None else Tally()


def judge_steps(subject: Subject, settings: Settings, watch: Watch = ignore_progress) -> dict[Step, Tally]:
    """Judge the steps of a unit, up to the first in which a case fails."""
    tallies: dict[Step, Tally] = {}
    for step in settings.steps:
        if step == "exact" and settings.cases > settings.start and not add_up(tallies).cases:
            break  # no case can be judged
        tallies[step] = judge_step(subject, step, settings, watch)
        if tallies[step].failure is not None:
            break
    return tallies


def exact_draws(subject: Subject, settings: Settings) -> Iterator[tuple[Iterator[Case], int]]:
    """Yield, for every choice of options, small cases, and how many of them to judge."""
    declaration, sequence = subject.declaration, get_sequence(subject, settings.seed)
    choices = list(itertools.product(*declaration.options.values()))
    wanted = max(3, math.ceil(settings.exact_cases / len(choices)))
    for k, chosen in enumerate(choices):
        draw = partial(sequence.exact, options=dict(zip(declaration.options, chosen, strict=True)), turn=k)
        yield map(draw, CaseBatch(wanted).numbers), wanted


def tally_cases(
    subject: Subject,
    cases: Iterable[Case],
    checks: Sequence[Check],
    wanted: int,
    watch: Watch,
    arrays: CaseArrays | None = None,
) -> Tally:
    """Judge the first `wanted` cases that are not skipped, up to the first that fails, and add up.

    arrays  those of the only case, if the user gave arrays
    """
    tally, recorder = Tally(), get_recorder(subject)
    recorder.forget()
    for case in cases:
        watch(Progress(subject.name, tally.cases, "case", str(case)))
        with recorder.recording():
            before, result = recorder.save(), judge_case(subject, case, checks, arrays)
            if result.skipped and not any(found.name == "gradients" for found in result.results):
                recorder.restore(before)  # it ran, and nothing was compared with it
        tally.note(result)
        if tally.failure is not None or tally.cases + tally.exact_cases == wanted:
            break
    tally.reach = recorder.reach
    if subject.third_party is None:
        tally.checks["third party"].reasons.setdefault(NO_THIRD_PARTY, 0)  # also where no case came so far
    return tally


def add_up(tallies: Mapping[Step, Tally]) -> Tally:
    """Add up the steps of a unit in their order, up to the first in which a case failed.

    Exact cases count only if a numeric case could be judged too, unless no numeric case was asked for.  What runs in
    these is no evidence then: code may do something else on numbers that are not floats.
    """
    whole, numeric = Tally(), False
    for step, tally in sorted(tallies.items(), key=lambda item: order_of(item[0])):
        if step == "exact" and numeric and not whole.cases:
            break
        whole += replace(tally, reach=None) if step == "exact" and numeric else tally
        numeric |= step not in ("exact", "replay")
        if whole.failure is not None:
            break
    return whole


def order_of(step: Step) -> float:
    if step == "replay":
        return -1
    return step.first if isinstance(step, CaseBatch) else math.inf


def shrink_failure(subject: Subject, failure: CaseResult) -> CaseResult:
    """Search for the smallest case that fails the same check in the same way, and return its result.

    What explains a failure takes long to find.  So the search lets every failure stand; it is done again, with what
    explains them, only if the case that it found fails by rounding, or if the case fails in another way at a second
    time.
    """
    checks = select_checks(failure)
    again = judge_case(subject, failure.case, checks, explain=let_stand)
    if again.failed == failure.failed:
        smallest = judge_case(subject, shrink_with(subject, again, checks, let_stand).case, checks)
        if smallest.kind == failure.kind:
            return smallest
    return shrink_with(subject, failure, checks, explain_failure)


def shrink_with(subject: Subject, failure: CaseResult, checks: Sequence[Check], explain: Explain) -> CaseResult:
    """The result of the smallest case that fails in the same way, by this explanation; the failure if none does."""
    results = {str(failure.case): failure}

    def fails(case: Case) -> bool:
        if case.dtype not in subject.declaration.dtypes:
            return False
        results[str(case)] = judge_case(subject, case, checks, explain=explain)
        return results[str(case)].kind == failure.kind

    return results[str(shrink(failure.case, fails))]


def select_checks(failure: CaseResult) -> list[Check]:
    """Those that were applied to a case, including the one that failed."""
    return [check for check in CHECKS if check.name in failure.names]
