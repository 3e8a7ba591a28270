"""Tries every single-edit mutant of a unit's backward, or a sample of them, in forked workers."""

import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..cases.case import Case
from ..cases.regimes import draw_random_cases, list_exact_cases, list_numeric_cases
from ..cases.unit_sequence import get_sequence
from ..edits import Edit, LoadedCode, NotCompilable, Region, find_backward_functions, generate_mutants
from ..errors import DeclarationError
from ..execution.run import UnitRaised
from ..processes.pool import TaskLost, run_tasks
from ..reach import list_unreached
from ..unit.subject import Subject
from .baseline import Baseline, BaselineFailed, ExactCase, PassedCase
from .coverage import LineSet, find_edit_lines, find_statement_lines
from .reaching import find_reaching_cases
from .score import Mutant, MutationScore
from .survivors import describe_survivor
from .trial import MutantOutcome, try_exactly, try_numerically

TRIAL_MEMORY = 2**30
TRIAL_PATIENCE = 3
MORE_CASE_COUNT = 30
ProgressCallback = Callable[[str, int, int], None]
TryEdit = Callable[[Edit], MutantOutcome | None]


def measure_mutation_score(
    subject: Subject,
    *,
    sample: int | None = None,
    workers: int | None = None,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> MutationScore:
    """Plant every single-edit fault in the unit's backward, or `sample` of them, and count those that are noticed.

    workers   processes that share the work, by default one for each core; the result does not depend on it
    seed      of the cases and of the sample
    progress  is called with the unit's name, the number of mutants decided, and the number of all mutants
    """
    started = time.perf_counter()
    result = MutationScore(subject.name)
    try:
        try_mutants(result, subject, sample, workers or os.cpu_count() or 1, seed, progress or (lambda *_: None))
    except DeclarationError as error:
        result.verdict, result.error = "bad declaration", str(error)
    except UnitRaised as error:
        result.verdict, result.error = "wrong", f"{subject.name}: {error}, at {error.where}; fix it first"
    except BaselineFailed as error:
        result.verdict, result.case = "wrong", str(error)
        remedy = f"fix it first: {subject.command(result.case)}"
        result.error = f"{subject.name}: it does not pass case {error}, so its mutants cannot be judged; {remedy}"
    result.seconds = time.perf_counter() - started
    return result


def try_mutants(
    result: MutationScore, subject: Subject, sample: int | None, workers: int, seed: int, progress: ProgressCallback
) -> None:
    """Try mutants on every case.  Most of a sample are killed at once, so other cases are prepared only if needed."""
    regions = find_backward_functions(subject)
    found, declaration = generate_mutants(regions), subject.declaration
    result.mutants, result.not_run = len(found.edits), found.not_run
    edits = list(found.edits)
    if sample is not None and sample < len(edits):
        edits = [edits[k] for k in sorted(random.Random(seed).sample(range(len(edits)), sample))]
    trials = MutantTrials(Baseline(subject, regions), regions, edits, workers, progress)
    cases, first = list_numeric_cases(declaration, seed), len(declaration.choices)
    if len(edits) < len(found.edits):
        trials.try_numeric_cases(cases[:1])
        trials.try_numeric_cases(cases[1:first])
        trials.try_exact_cases(list_exact_cases(declaration, seed))
        trials.try_numeric_cases(cases[first:])
    else:
        trials.try_numeric_cases(cases)
        trials.try_exact_cases(list_exact_cases(declaration, seed))
    if trials.not_told_apart:
        designed = get_sequence(subject, seed)
        exact = list_exact_cases(declaration, seed)
        trials.try_numeric_cases(find_reaching_cases(subject, cases, designed.designed))
        trials.try_exact_cases(find_reaching_cases(subject, exact, designed.designed_exact))
    trials.try_numeric_cases(draw_random_cases(declaration, MORE_CASE_COUNT, seed))
    result.cases = trials.cases
    result.results = trials.mutants()


class MutantTrials:
    """The mutants that are tried, and their outcomes so far."""

    def __init__(
        self,
        bench: Baseline,
        regions: Sequence[Region],
        edits: Sequence[Edit],
        workers: int,
        progress: ProgressCallback,
    ) -> None:
        self.baseline, self.workers, self.progress = bench, workers, progress
        self.sources = {region.source.file: region.source for region in regions}
        self.live = LoadedCode(regions)
        self.outcomes: dict[Edit, MutantOutcome | None] = dict.fromkeys(edits)
        self.ran: LineSet = {(region.source.file, line) for region in regions for line in region.lines}
        self.known: list[PassedCase] = []
        self.points: list[ExactCase] = []
        self.cases = 0
        self.show_progress()

    @property
    def remaining(self) -> list[Edit]:
        open_ = (None, "survived", "not told apart")
        return [e for e, outcome in self.outcomes.items() if (outcome and outcome.verdict) in open_]

    @property
    def not_told_apart(self) -> list[Edit]:
        return [e for e, outcome in self.outcomes.items() if outcome and outcome.verdict == "not told apart"]

    def try_numeric_cases(self, cases: Iterable[Case]) -> None:
        """Try the undecided mutants on more numeric cases."""
        if not self.remaining:
            return
        known = [k for case in cases if (k := self.baseline.run_numeric_case(case)) is not None]
        self.known += known
        self.ran.update(*(k.lines for k in known))
        self.cases += len(known)
        began = time.process_time()
        killed = try_numerically(self.baseline, known, self.ran)
        if killed is not None:
            raise BaselineFailed(killed.case)
        self.run_trials(
            lambda edit: try_numerically(self.baseline, known, self.get_lines(edit)), began, classify_lost_task
        )

    def try_exact_cases(self, cases: Iterable[Case]) -> None:
        """Decide the remaining mutants in exact arithmetic."""
        if not self.remaining:
            return
        began = time.process_time()
        self.points += (more := [self.baseline.run_exact_case(case) for case in cases])
        self.cases += len(more)
        reach = self.baseline.recorder.reach

        def decided(edit: Edit) -> MutantOutcome:
            return try_exactly(
                self.baseline,
                self.points,
                self.get_lines(edit),
                find_statement_lines(edit, self.sources[edit.file]) & self.ran,
                list_unreached(reach, edit.file, {line for _, line in self.get_lines(edit)}),
            )

        def survived(lost: TaskLost) -> MutantOutcome:
            return MutantOutcome("survived", reason=f"exact arithmetic did not finish ({lost.reason})")

        self.run_trials(decided, began, survived)

    def run_trials(self, attempt: TryEdit, began: float, without_result: Callable[[TaskLost], MutantOutcome]) -> None:
        """Run trials in workers.  A mutant may take 1 s, plus three times what the unit has taken since `began`."""
        edits, seconds = self.remaining, 1 + TRIAL_PATIENCE * (time.process_time() - began)

        def work(edit: Edit) -> MutantOutcome | None:
            try:
                with self.live.make_edits(edit):
                    return attempt(edit)
            except NotCompilable as error:
                return MutantOutcome("invalid", reason=str(error))

        for index, found in run_tasks(edits, work, self.workers, seconds, TRIAL_MEMORY):
            outcome = without_result(found) if isinstance(found, TaskLost) else found
            if outcome is not None:
                self.outcomes[edits[index]] = outcome
                self.show_progress()

    def get_lines(self, edit: Edit) -> LineSet:
        return find_edit_lines(edit, self.sources[edit.file])

    def show_progress(self) -> None:
        self.progress(self.baseline.subject.name, len(self.outcomes) - len(self.remaining), len(self.outcomes))

    def mutants(self) -> list[Mutant]:
        return [self.make_mutant(edit, outcome) for edit, outcome in self.outcomes.items() if outcome is not None]

    def make_mutant(self, edit: Edit, outcome: MutantOutcome) -> Mutant:
        source = self.sources[edit.file]
        if outcome.verdict == "survived":
            regimes = describe_survivor(self.known, self.get_lines(edit))
            outcome = replace(outcome, reason=f"{outcome.reason}; {regimes}")
        diff = "" if outcome.verdict == "killed" else edit.diff(source.text)
        return Mutant(edit.file, edit.line(source.text), edit.kind, diff, outcome)


def classify_lost_task(lost: TaskLost) -> MutantOutcome:
    by = lost.reason if lost.reason in ("timeout", "memory") else "crash"
    return MutantOutcome("killed", by, reason=lost.reason)
