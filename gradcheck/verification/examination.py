"""An examination of one unit: draws cases, lets each climb the ladder, shrinks the one that falls, and reports."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ..cases.arrays import CaseArrays
from ..cases.batches import Range, ranges
from ..cases.case import Case
from ..cases.literals import literals_of
from ..cases.sequence import CaseSequence
from ..cases.shrinking import shrink
from ..cases.user_arrays import fit
from ..checks import EXACT, FORWARD, LADDER, NUMERIC, RUNGS, TEETH, Rung
from ..checks.finding import Fall, Finding
from ..diagnosis import Blame, blame, reason
from ..errors import DeclarationError, IllConditioned, NotApplicable, Unfinished
from ..exact import CaseProof
from ..exact.certificate import certify
from ..execution.run import Crash, Run
from ..unit.subject import Subject, again
from ..verdict.message import compose
from ..verdict.report import Report, RungResult

EXACT_CASES = 16
Progress = Callable[[Report], None]


def kind(error: Exception | None) -> tuple[type, str]:
    """What must stay the same while a case is made smaller."""
    return type(error), error.finding.verdict if isinstance(error, Fall) else ""


def with_exact(finding: Finding, run: Run) -> Finding:
    """The finding that two judges disagree on a gradient, with what exact arithmetic says of manual."""
    if finding.rung != "gradients":
        return finding
    try:
        EXACT[0].climb(run)
        said = "manual's backward is the adjoint of its forward"
    except Fall:
        said = "manual's backward is not the adjoint of its forward"
    except NotApplicable as why:
        said = str(why)
    verdict, *rest = finding.details
    return replace(finding, details=(verdict, ("exact", said), *rest))


def told(subject: Subject, rung: str, case: Case) -> Blame:
    """The blame; a defect of this harness is told in its place, for the verdict stands without it."""
    try:
        return blame(subject, rung, case)
    except (Exception, SystemExit) as error:
        return Blame(case, untold={"blame": f"a defect of gradcheck: {reason(error)}"})


def with_blame(finding: Finding, blame: Blame) -> Finding:
    """The finding, with where the fault lies and what it looks like below the verdict."""
    lines = [("blame", blame.where)] if blame.where else []
    if blame.conclusions is not None and blame.conclusions.wrong:
        lines.append(("looks like", blame.looks_like or "no known pattern"))
    if blame.untold and "raised" not in dict(finding.details):
        lines.append(("not told", "; ".join(f"{what} ({why})" for what, why in blame.untold.items())))
    above = sum(label in ("verdict", "exact", "raised") for label, _ in finding.details)
    return replace(finding, details=(*finding.details[:above], *lines, *finding.details[above:]))


class Examination:
    """The cases of one unit, judged one after the other until one falls; with `blame`, where that fault lies."""

    def __init__(
        self, subject: Subject, progress: Progress | None, trials: int = 1, blame: bool = True, exact: bool = True
    ) -> None:
        self.subject = subject
        self.blame = blame
        self.trials = trials
        self.ladder: tuple[Rung, ...] = LADDER if exact else NUMERIC
        self.proofs: list[CaseProof] = []
        self.progress = progress
        self.report = Report(
            subject.name, subject.derivation, rungs=[RungResult(name) for name in RUNGS], notes=subject.notes
        )
        self.smallest: Case | None = None
        self.cause: Exception | None = None
        self.rung = self.report.rungs[0]
        self.arrays: CaseArrays | None = None

    def judge_at(self, arrays: CaseArrays, seed: int) -> None:
        """Judge the case of given arrays, which has sizes and a dtype but no address."""
        case, self.arrays = fit(self.subject.declaration, arrays, seed)
        self.report.given = f"{' '.join(f'{n}={s}' for n, s in case.sizes.items())} {case.dtype}".lstrip()
        self.judge(case)

    def many(self, cases: int, seed: int, start: int = 0) -> None:
        """Judge random cases, without the first `start`, numerically until one falls; then shrink that one."""
        for some in ranges(cases, start):
            if self.cause is None:
                self.numeric(some, seed)
        self.shrink()

    def numeric(self, some: Range, seed: int) -> None:
        """Judge a range of random cases numerically until one falls."""
        self.ladder = NUMERIC
        self.explore(self.sequence(seed).__getitem__, some)

    def judge_forward(self, cases: int, seed: int) -> None:
        """Note whether the forward of a unit that fell from a later rung is right, over as many random cases."""
        alone = Examination(self.subject, None, blame=False)
        alone.ladder = FORWARD
        alone.explore(self.sequence(seed).__getitem__, Range(cases))
        alone.shrink()
        said = f"the forward equals the reference's in {alone.report.cases} cases"
        if alone.cause is not None:
            said = f"the forward is wrong too: {alone.cause} (case {alone.smallest})"
        self.report.notes = (said, *self.report.notes)

    def prove(self, seed: int, cases: int = EXACT_CASES) -> None:
        """Judge random small cases in exact arithmetic until one falls; then shrink that one."""
        self.exact(seed, cases)
        self.shrink()

    def exact(self, seed: int, cases: int = EXACT_CASES) -> None:
        """Judge random small cases of every choice of options in exact arithmetic until one falls."""
        self.ladder = EXACT
        declaration, counted = self.subject.declaration, self.report.cases
        choices = list(itertools.product(*declaration.options.values()))
        for k, chosen in enumerate(choices):
            options = dict(zip(declaration.options, chosen, strict=True))
            if self.cause is None:
                draw = partial(self.sequence(seed).exact, options=options, turn=k)
                self.explore(draw, Range(max(3, math.ceil(cases / len(choices)))))
        self.report.cases = counted or self.report.cases

    def bite(self, mutants: int | None, seed: int, workers: int | None = None) -> None:
        """Plant faults in the unit's backward, `mutants` of them or all, and see whether each is seen."""
        from ..mutation import teeth

        def tell(_: str, done: int, total: int) -> None:
            self.tell(f"teeth {done}/{total}")

        measured = teeth(self.subject, sample=mutants, workers=workers, seed=seed, progress=tell)
        result = self.rungs[TEETH]
        if measured.case:
            self.ladder = LADDER
            self.judge(Case.parse(measured.case, self.subject.declaration))
        if measured.verdict == "measured":
            self.report.teeth = measured
            result.passed, result.failed = len(measured.of("killed")), len(measured.survivors)
        elif self.cause is None:
            result.reasons[measured.error] = 1

    def sequence(self, seed: int) -> CaseSequence:
        declaration = self.subject.declaration
        return CaseSequence(declaration, seed, literals_of(self.subject.unit, declaration))

    def explore(self, draw: Callable[[int], Case], some: Range) -> None:
        """Judge a range of cases, each drawn by its number, until one falls."""
        judged = 0
        for number in some.numbers:
            judged += self.judge(draw(number))
            if judged == some.cases or self.cause is not None:
                break

    def shrink(self) -> None:
        """Make the case that fell smaller, if one did."""
        if self.smallest is not None:
            shrink(self.smallest, self.falls)

    def again(self, case: Case, ladder: tuple[Rung, ...]) -> None:
        """Judge a case that fell before, which is counted already."""
        self.ladder, self.smallest = ladder, case
        try:
            self.climb(case, [RungResult(rung.name) for rung in ladder])
        except (Fall, DeclarationError, Crash) as error:
            self.cause, self.rung = error, self.rungs[self.rung.name]
        except IllConditioned:
            pass

    def judge(self, case: Case) -> bool:
        """Judge a case and count it; False if it is ill-conditioned."""
        report = self.report
        try:
            worst = self.climb(case, [self.rungs[rung.name] for rung in self.ladder])
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
        return True

    def falls(self, case: Case) -> bool:
        """Whether a case falls from the same rung in the same way as the smallest so far; if so it is kept."""
        if case.dtype not in self.subject.declaration.dtypes:
            return False
        fell, names = self.rung, [rung.name for rung in self.ladder]
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
        self.tell(f"case {case}")
        run = Run(self.subject, case, self.arrays)
        run.trials = self.trials
        worst = 0.0
        for rung, result in zip(self.ladder, results, strict=False):
            self.rung, run.compared = result, {}
            try:
                ratio = rung.climb(run)
            except NotApplicable as why:
                self.rung.reasons[str(why)] = self.rung.reasons.get(str(why), 0) + 1
                continue
            self.rung.passed += 1
            self.rung.worst = max(self.rung.worst, ratio)
            self.rung.note(run.compared, case)
            worst = max(worst, ratio)
        if run.proof is not None:
            self.proofs.append(run.proof)
        return worst

    def tell(self, stage: str) -> None:
        """What is done from here on."""
        self.report.stage = stage
        if self.progress is not None:
            self.progress(self.report)

    @property
    def rungs(self) -> dict[str, RungResult]:
        return {result.name: result for result in self.report.rungs}

    def rerun(self) -> Run:
        assert self.smallest is not None
        return Run(self.subject, self.smallest, self.arrays)

    def found(self) -> Report:
        """The report with what fell, if something did."""
        report = self.report
        report.smallest = self.smallest
        if report.given:
            report.forget_addresses()
        if report.smallest is not None:
            report.again = again(self.subject, str(report.smallest))
        if isinstance(self.cause, Unfinished):
            report.verdict, report.error = "bad declaration", str(self.cause)
        elif isinstance(self.cause, DeclarationError):
            where = f"given arrays, {report.given}" if report.given else f"case {self.smallest}"
            report.verdict, report.error = "bad declaration", f"{self.cause} ({where})"
        elif isinstance(self.cause, Crash):
            report.finding = Finding(self.rung.name, "wrong", str(self.cause), (("raised", self.cause.where),))
        elif isinstance(self.cause, Fall):
            report.finding = self.cause.finding
        if report.finding is not None:
            report.verdict = report.finding.verdict
        report.message = compose(report)
        return report

    def conclude(self) -> Report:
        report = self.found()
        report.cause = self.cause
        if report.finding is not None:
            if isinstance(self.cause, Fall):
                self.tell("exact arithmetic on what fell")
                report.finding = with_exact(report.finding, self.rerun())
            if self.blame and report.verdict == "wrong" and report.smallest is not None:
                self.tell("blame")
                report.blame = told(self.subject, report.finding.rung, report.smallest)
                report.finding = with_blame(report.finding, report.blame)
        elif report.good and not report.cases:
            report.verdict = "bad declaration"
            report.error = f"{report.name}: no case could be judged: rounding grows to the size of what is to be judged"
        elif report.good:
            self.conclude_good()
        report.message = compose(report)
        return report

    def conclude_good(self) -> None:
        """Proved where exact arithmetic decided every case and no planted fault survived; else why it only agrees."""
        report, undecided, reasons = self.report, self.rungs["exact"].reasons, []
        if undecided or not self.proofs:
            reasons.append(f"numeric judges only: {'; '.join(undecided) or 'exact arithmetic was not asked for'}")
        if report.teeth is not None and report.teeth.survivors:
            survivors = report.teeth.survivors
            places = ", ".join(map(str, survivors))
            reasons.append(f"teeth: {len(survivors)} of {len(report.teeth.tried)} planted faults not seen: {places}")
        if reasons:
            report.reason = "; ".join(reasons)
        else:
            report.verdict, report.certificate = "proved", certify(self.subject.unit, self.proofs)
