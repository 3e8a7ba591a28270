"""The verb: every single-edit mutant of a unit's backward, or a sample of them, is tried in a forked worker."""

import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..cases.case import Case
from ..cases.regimes import exact_cases, numeric_cases, random_cases
from ..edits import Edit, Live, NotCode, Region, backward_of, mutants
from ..errors import DeclarationError
from ..execution.run import Crash
from ..processes.pool import Lost, run
from ..unit.subject import Subject
from .baseline import Bench, Known, Wrong
from .coverage import Lines, extent_of, lines_of
from .score import Mutant, Teeth
from .survivors import passed_by
from .trial import Outcome, exact, numeric

MEMORY = 2**30
PATIENCE = 3
MORE_CASES = 30
Progress = Callable[[str, int, int], None]
Try = Callable[[Edit], Outcome | None]


def teeth(
    subject: Subject,
    *,
    sample: int | None = None,
    workers: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Teeth:
    """Plant every single-edit fault in the unit's backward, or `sample` of them, and see which are seen.

    workers   processes that share the work, by default one a core; the result does not depend on it
    seed      of the numbers of the cases, and of the sample
    progress  is called with the unit's name, the number of mutants decided and that of all
    """
    started = time.perf_counter()
    result = Teeth(subject.name)
    try:
        measure(result, subject, sample, workers or os.cpu_count() or 1, seed, progress or (lambda *_: None))
    except DeclarationError as error:
        result.verdict, result.error = "bad declaration", str(error)
    except Crash as error:
        result.verdict, result.error = "wrong", f"{subject.name}: {error}, at {error.where}; mend it first"
    except Wrong as error:
        result.verdict, result.case = "wrong", str(error)
        remedy = f"mend it first: {subject.command(result.case)}"
        result.error = (
            f"{subject.name}: it does not pass case {error}, so that nothing can be said of mutants; {remedy}"
        )
    result.seconds = time.perf_counter() - started
    return result


def measure(result: Teeth, subject: Subject, sample: int | None, workers: int, seed: int, progress: Progress) -> None:
    """All on every case; of a sample, most are seen at once, so that the other cases are made ready only if needed."""
    regions = backward_of(subject)
    found, declaration = mutants(regions), subject.declaration
    result.mutants, result.unreached = len(found.edits), found.unreached
    edits = list(found.edits)
    if sample is not None and sample < len(edits):
        edits = [edits[k] for k in sorted(random.Random(seed).sample(range(len(edits)), sample))]
    trials = Trials(Bench(subject, regions), regions, edits, workers, progress)
    cases, first = numeric_cases(declaration, seed), len(declaration.choices)
    if len(edits) < len(found.edits):
        trials.numeric(cases[:1])
        trials.numeric(cases[1:first])
        trials.exact(exact_cases(declaration, seed))
        trials.numeric(cases[first:])
    else:
        trials.numeric(cases)
        trials.exact(exact_cases(declaration, seed))
    trials.numeric(random_cases(declaration, MORE_CASES, seed))
    result.cases = trials.cases
    result.tried = trials.mutants()


class Trials:
    """The mutants that are tried, and what became of them so far."""

    def __init__(
        self, bench: Bench, regions: Sequence[Region], edits: Sequence[Edit], workers: int, progress: Progress
    ) -> None:
        self.bench, self.workers, self.progress = bench, workers, progress
        self.sources = {region.source.file: region.source for region in regions}
        self.live = Live(regions)
        self.outcomes: dict[Edit, Outcome | None] = dict.fromkeys(edits)
        self.ran: Lines = {(region.source.file, line) for region in regions for line in region.lines}
        self.known: list[Known] = []
        self.cases = 0
        self.tell()

    @property
    def open(self) -> list[Edit]:
        return [e for e, outcome in self.outcomes.items() if outcome is None or outcome.verdict == "survived"]

    def numeric(self, cases: Iterable[Case]) -> None:
        """Try what is open on more numeric cases."""
        if not self.open:
            return
        known = [k for case in cases if (k := self.bench.known(case)) is not None]
        self.known += known
        self.ran.update(*(k.lines for k in known))
        self.cases += len(known)
        began = time.process_time()
        killed = numeric(self.bench, known, self.ran)
        if killed is not None:
            raise Wrong(killed.case)
        self.run(lambda edit: numeric(self.bench, known, self.lines(edit)), began, killed_by)

    def exact(self, cases: Iterable[Case]) -> None:
        """Decide what is open in exact arithmetic."""
        if not self.open:
            return
        began = time.process_time()
        points = [self.bench.point(case) for case in cases]
        self.cases += len(points)

        def decided(edit: Edit) -> Outcome:
            return exact(self.bench, points, self.lines(edit), extent_of(edit, self.sources[edit.file]) & self.ran)

        def survived(lost: Lost) -> Outcome:
            return Outcome("survived", reason=f"exact arithmetic comes to no end ({lost.reason})")

        self.run(decided, began, survived)

    def run(self, attempt: Try, began: float, without_result: Callable[[Lost], Outcome]) -> None:
        """`began` is when the unit itself was tried: a mutant has three times as long as that took, and a second."""
        edits, seconds = self.open, 1 + PATIENCE * (time.process_time() - began)

        def work(edit: Edit) -> Outcome | None:
            try:
                with self.live.edited(edit):
                    return attempt(edit)
            except NotCode as error:
                return Outcome("invalid", reason=str(error))

        for index, found in run(edits, work, self.workers, seconds, MEMORY):
            outcome = without_result(found) if isinstance(found, Lost) else found
            if outcome is not None:
                self.outcomes[edits[index]] = outcome
                self.tell()

    def lines(self, edit: Edit) -> Lines:
        return lines_of(edit, self.sources[edit.file])

    def tell(self) -> None:
        self.progress(self.bench.subject.name, len(self.outcomes) - len(self.open), len(self.outcomes))

    def mutants(self) -> list[Mutant]:
        return [self.mutant(edit, outcome) for edit, outcome in self.outcomes.items() if outcome is not None]

    def mutant(self, edit: Edit, outcome: Outcome) -> Mutant:
        source = self.sources[edit.file]
        if outcome.verdict == "survived":
            regimes = passed_by(self.known, self.lines(edit))
            outcome = replace(outcome, reason=f"{outcome.reason}; {regimes}")
        diff = "" if outcome.verdict == "killed" else edit.diff(source.text)
        return Mutant(edit.file, edit.line(source.text), edit.kind, diff, outcome)


def killed_by(lost: Lost) -> Outcome:
    by = lost.reason if lost.reason in ("timeout", "memory") else "crash"
    return Outcome("killed", by, reason=lost.reason)
