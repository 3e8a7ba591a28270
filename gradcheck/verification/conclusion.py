"""From the tally of a unit's cases to the report on it: the one place where a verdict is decided."""

from collections.abc import Callable
from dataclasses import replace

from ..cases.arrays import CaseArrays
from ..cases.batches import CaseBatch
from ..cases.case import Case
from ..checks import CHECKS, FORWARD_CHECKS, MUTATION
from ..checks.exact import check_exact
from ..checks.failure import CheckFailed, Failure
from ..checks.forward import NO_REFERENCE
from ..diagnosis import Diagnosis, describe_exception, diagnose_fault
from ..diagnosis.blamed_line import find_blamed_line
from ..diagnosis.cures import clarify_declaration_error, suggest_cure
from ..errors import DeclarationError, NotApplicable, Unfinished
from ..exact.certificate import make_certificate
from ..execution.run import Run, UnitRaised
from ..mutation import MutationScore, measure_mutation_score
from ..reach import format_missing
from ..unit.subject import Subject
from ..verdict.counts import format_count
from ..verdict.defect import explain_defect, format_evidence
from ..verdict.message import compose_message
from ..verdict.report import Report, add_tally
from ..verdict.tally import Tally
from .judge import judge_case, judge_step, shrink_failure
from .progress import Progress, Watch, ignore_progress
from .recording import record_empty_sizes
from .settings import Settings
from .unjudged import describe_unjudged

Given = tuple[Case, CaseArrays]
MOST_MISSING = 3


def conclude(
    subject: Subject,
    tally: Tally,
    settings: Settings,
    watch: Watch = ignore_progress,
    workers: int | None = None,
    given: Given | None = None,
) -> Report:
    """Make the report on a unit from the tally of its cases.

    A failure is shrunk to its smallest case and diagnosed; if there is none, faults are planted in the backward.

    workers   processes that share the planted faults, by default one a core
    given     the case and the arrays, if the user gave arrays: nothing is shrunk or planted then
    """
    try:
        return find_conclusion(subject, tally, settings, watch, workers, given)
    except (MemoryError, RecursionError):
        raise  # which end the process of a worker, and are told there
    except Exception as error:
        why = explain_defect(subject.name, error)
        return report_unconcluded(start_report(subject), tally, subject.command, why, error)


def report_unconcluded(
    report: Report, tally: Tally, command: Callable[[Case], str], why: str, error: Exception | None = None
) -> Report:
    """Report on a unit of which all cases were judged, and the rest did not finish: the verdict is known.

    error  what gradcheck raised, if that is why; the note says what to send
    """
    report = report_failure(report, tally, command)
    if error is not None:
        report.notes += (f"{why}\n{format_evidence(error)}",)
    if report.good:
        report.reason = f"mutation testing and the certificate did not finish ({why})"
    else:
        report.message = compose_message(report) + f"\n  not known  a smaller case, and where the fault lies ({why})"
    return report


def find_conclusion(
    subject: Subject, tally: Tally, settings: Settings, watch: Watch, workers: int | None, given: Given | None
) -> Report:
    """Shrink, diagnose and plant, as `conclude` says."""
    score: MutationScore | None = None
    searched = settings.case is None and given is None
    if searched and settings.mutants != 0 and settings.exact and tally.cases and tally.failure is None:
        tally, score = plant_mutants(subject, tally, settings, watch, workers)
    elif searched and tally.failure is not None:
        watch(Progress(subject.name, tally.cases, "shrinking"))
        tally = replace(tally, failure=shrink_failure(subject, tally.failure))
    if tally.failure is not None and isinstance(tally.failure.error, DeclarationError):
        error = clarify_declaration_error(subject, tally.failure.error)
        tally = replace(tally, failure=replace(tally.failure, error=error))
    report = report_failure(start_report(subject), tally, subject.command, given)
    report.mutation_score = score
    if report.cause is not None:
        report.place = find_blamed_line(subject, report.cause)
    if report.failure is not None:
        watch(Progress(subject.name, tally.cases, "diagnosis"))
        report = explain_failure(subject, report, tally, settings, given)
    elif report.good and not report.cases:
        report.verdict = "bad declaration"
        report.error = f"{report.name}: no case could be judged: {explain_no_case(tally)}"
    elif report.good:
        report = decide_proof(subject, report, tally)
    report.message = compose_message(report)
    return report


def explain_no_case(tally: Tally) -> str:
    """Why not one case was judged: the commonest reason."""
    counts = {reason: count for reason, (count, _) in tally.unjudged.items()}
    return max(counts, key=counts.__getitem__, default="rounding grows to the size of what is to be judged")


def start_report(subject: Subject) -> Report:
    """Make the report on a unit of which nothing is known yet."""
    return Report(subject.name, subject.derivation, notes=subject.notes)


def report_failure(report: Report, tally: Tally, command: Callable[[Case], str], given: Given | None = None) -> Report:
    """Add the counts of the tally to a report, and its failure if there is one; `command` judges a case again."""
    report = add_tally(report, tally)
    report.notes += describe_unjudged(tally)
    if given is not None:
        report.given = describe_arrays(given[0])
        report.drop_case_ids()
    failure = tally.failure
    if failure is not None:
        error = report.cause = failure.error
        if given is None:
            report.smallest, report.rerun_command = failure.case, command(failure.case)
        if isinstance(error, Unfinished):
            report.verdict, report.error = "bad declaration", str(error)
        elif isinstance(error, DeclarationError):
            where = f"given arrays, {report.given}" if report.given else f"case {failure.case}"
            said, _, trace = str(error).partition("\n")
            report.verdict, report.error = "bad declaration", "\n".join(filter(None, (f"{said} ({where})", trace)))
        elif isinstance(error, UnitRaised):
            report.failure = Failure(failure.failed, "wrong", str(error), (("raised", error.where),))
        elif isinstance(error, CheckFailed):
            report.failure = error.failure
    if report.failure is not None:
        report.verdict = report.failure.verdict
    report.message = compose_message(report)
    return report


def describe_arrays(case: Case) -> str:
    """Describe given arrays by their sizes and dtype."""
    return f"{' '.join(f'{n}={s}' for n, s in case.sizes.items())} {case.dtype}".lstrip()


def plant_mutants(
    subject: Subject, tally: Tally, settings: Settings, watch: Watch, workers: int | None
) -> tuple[Tally, MutationScore | None]:
    """Plant faults in the unit's backward: do the checks notice each?

    Mutants are tried on cases of their own, and the unit itself may fail one of these: the tally then has the failure.
    """

    def tell(_: str, done: int, total: int) -> None:
        watch(Progress(subject.name, tally.cases, "mutants", done=done, total=total))

    score = measure_mutation_score(subject, sample=settings.mutants, workers=workers, seed=settings.seed, progress=tell)
    tally += Tally()
    check = tally.checks[MUTATION]
    if score.case:
        tally.note(judge_case(subject, Case.parse(score.case, subject.declaration), CHECKS))
    if score.verdict == "measured":
        check.passed, check.failed = len(score.count_verdict("killed")), len(score.survivors)
        return tally, score
    if tally.failure is None:
        check.reasons[score.error] = 1
    return tally, None


def explain_failure(subject: Subject, report: Report, tally: Tally, settings: Settings, given: Given | None) -> Report:
    """Add to a report what exact arithmetic says of the failure, the diagnosis, and whether the forward is right."""
    failure, finding = tally.failure, report.failure
    assert failure is not None
    assert finding is not None
    if isinstance(failure.error, CheckFailed):
        finding = with_exact(finding, Run(subject, failure.case, None if given is None else given[1]))
        if (
            subject.adapted
            and subject.reference is not None
            and finding.check != "forward"
            and settings.case is None
            and given is None
        ):
            report.notes = (describe_forward(subject, settings), *report.notes)
    if settings.diagnose and report.verdict == "wrong" and given is None:
        report.diagnosis = diagnose_safely(subject, finding.check, failure.case)
        finding = with_diagnosis(finding, report.diagnosis)
    report.failure = finding
    known = report.diagnosis is not None and report.diagnosis.pattern
    cure = "" if known or failure.error is None else suggest_cure(subject, failure.error, report.place)
    if cure:
        report.failure = replace(report.failure, details=(*report.failure.details, ("look at", cure)))
    return report


def describe_forward(subject: Subject, settings: Settings) -> str:
    """Say whether the forward is right, judged by itself, for a unit that failed a later check."""
    tally = judge_step(subject, CaseBatch(settings.cases), settings, checks=FORWARD_CHECKS)
    if tally.failure is None:
        return f"the forward equals the reference's in {format_count(tally.cases, 'case')}"
    failure = shrink_failure(subject, tally.failure)
    return f"the forward is wrong too: {failure.error} (case {failure.case})"


def with_exact(finding: Failure, run: Run) -> Failure:
    """Add to a failed comparison of gradients what exact arithmetic says of the manual backward."""
    if finding.check != "gradients":
        return finding
    try:
        check_exact(run)
        opinion = "manual's backward is the adjoint of its forward"
    except CheckFailed:
        opinion = "manual's backward is not the adjoint of its forward"
    except NotApplicable as why:
        opinion = str(why)
    verdict, *rest = finding.details
    return replace(finding, details=(verdict, ("exact", opinion), *rest))


def diagnose_safely(subject: Subject, check: str, case: Case) -> Diagnosis:
    """Diagnose a fault; a defect of the diagnosis itself is reported in its place, and leaves the verdict as it is."""
    try:
        return diagnose_fault(subject, check, case)
    except (Exception, SystemExit) as error:
        return Diagnosis(case, not_determined={"diagnosis": f"a defect of gradcheck: {describe_exception(error)}"})


def with_diagnosis(finding: Failure, diagnosis: Diagnosis) -> Failure:
    """Add the lines of the diagnosis to a failure, below the lines that give the verdict."""
    lines = [("fault", diagnosis.location)] if diagnosis.location else []
    if diagnosis.conclusions is not None and diagnosis.conclusions.wrong_blocks:
        lines.append(("looks like", diagnosis.pattern or "no known pattern"))
    if diagnosis.not_determined and "raised" not in dict(finding.details):
        lines.append(("not known", "; ".join(f"{what} ({why})" for what, why in diagnosis.not_determined.items())))
    above = sum(label in ("verdict", "exact", "raised") for label, _ in finding.details)
    return replace(finding, details=(*finding.details[:above], *lines, *finding.details[above:]))


def describe_lost_digits(tally: Tally) -> str:
    case = min(tally.imprecise, key=lambda case: (len(case), case))
    return f"the formula is right, digits are lost that the reference keeps: {tally.imprecise[case]} ({case})"


def decide_proof(subject: Subject, report: Report, tally: Tally) -> Report:
    """Set the verdict `proved` if exact arithmetic decided all, no mutant survived, no digit is lost; else say why."""
    undecided, reasons = tally.checks["exact"].reasons, []
    if subject.reference is None:
        reasons.append(f"{NO_REFERENCE}; its backward is the derivative of the forward")
    if undecided or not tally.proofs:
        reasons.append(f"numeric judges only: {'; '.join(undecided) or 'exact arithmetic was not asked for'}")
    if report.mutation_score is not None and report.mutation_score.survivors:
        survivors = report.mutation_score.survivors
        places = ", ".join(map(str, survivors))
        reasons.append(
            f"mutation: {len(survivors)} of {len(report.mutation_score.results)} planted faults not seen: {places}"
        )
    missing, only_empty = find_missing(subject, tally)
    report.never_ran = (*missing, *only_empty)
    reasons += shorten(missing)
    if only_empty:
        where = "sizes of 0" if tally.cases else "sizes of 0 or without an upstream gradient"
        report.notes += (f"runs only at {where}, not judged there: {'; '.join(shorten(only_empty))}",)
    if tally.imprecise:
        report.verdict = "imprecise"
        reasons.insert(0, describe_lost_digits(tally))
    if reasons:
        report.reason = "; ".join(reasons)
    else:
        report.verdict, report.certificate = (
            "proved",
            make_certificate(subject.unit, tally.proofs, covers=report.covers),
        )
    return report


def find_missing(subject: Subject, tally: Tally) -> tuple[list[str], list[str]]:
    """What of the unit's own code no case reached; and what of that sizes of 0 reach, at which nothing is judged.

    The reference refuses them, or gives no numbers; exact arithmetic has none of them, where it judges alone.
    """
    if tally.reach is None or not (missing := format_missing(tally.reach)):
        return [], []
    left = format_missing(tally.reach + record_empty_sizes(subject, refused=bool(tally.cases)))
    return left, [text for text in missing if text not in left]


def shorten(sentences: list[str]) -> list[str]:
    more = [f"and {len(sentences) - MOST_MISSING} more"] if len(sentences) > MOST_MISSING else []
    return [*sentences[:MOST_MISSING], *more]
