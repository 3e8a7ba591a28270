"""Searches for edits that make a wrong backward right; each passes every check before it is shown."""

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..cases.tracing import list_trace_cases
from ..display import ShownInNotebook
from ..edits import (
    FAULT_OPERATORS,
    Edit,
    LoadedCode,
    NotCompilable,
    Region,
    Source,
    find_backward_functions,
    generate_mutants,
)
from ..errors import DeclarationError
from ..processes.pool import run_tasks
from ..unit.subject import Subject
from ..verdict.report import Report
from ..verification.api import examine
from .candidates import PROBE_MEMORY, PROBE_SECONDS, RepairProgress, build_neighbourhood
from .filter import CandidateFilter
from .patch import Patch
from .triage import explain_no_repair

FILTER_CASES = 10
MAX_PATCHES = 3
MAX_CANDIDATES = 12
PROOF_SECONDS = 60.0


@dataclass
class RepairOutcome(ShownInNotebook):
    """The result of a search.

    report   on the unit before the repair
    status   right, repaired, no patch, not backward or bad declaration; `reason` says why
    tried    how many edits were run
    """

    report: Report
    status: str = "no patch"
    reason: str = ""
    patches: list[Patch] = field(default_factory=list)
    tried: int = 0
    seconds: float = 0.0

    @property
    def name(self) -> str:
        return self.report.name


def discard_progress(_stage: str, _done: int, _total: int) -> None:
    """Do not show progress."""


def repair(
    subject: Subject,
    *,
    cases: int = FILTER_CASES,
    seed: int = 0,
    edits: int = 1,
    seconds: float = 60.0,
    workers: int = 2,
    most: int = MAX_PATCHES,
    progress: RepairProgress = discard_progress,
) -> RepairOutcome:
    """Search for up to `most` patches of one edit each; if there is none and `edits` is 2, for one of two edits.

    cases     random cases that a patch must pass, besides the exact ones
    seconds   time after which no further edit is tried
    progress  is called with the stage (judging, looking, trying, proving, pairing), the number done, and that of all
    """
    started = time.perf_counter()
    outcome = RepairOutcome(
        examine(subject, cases=cases, seed=seed, diagnose=False, progress=lambda r: progress("judging", r.cases, cases))
    )
    outcome.report.cause = None  # its traceback holds closures of the wrong backward
    nothing = explain_no_repair(subject, outcome.report)
    if nothing is not None:
        outcome.status, outcome.reason = nothing
    else:
        RepairSearch(subject, outcome, started + seconds, workers, progress, cases, seed).run(most, edits)
    outcome.seconds = time.perf_counter() - started
    return outcome


@dataclass
class RepairSearch:
    subject: Subject
    outcome: RepairOutcome
    deadline: float
    workers: int
    progress: RepairProgress
    cases: int
    seed: int

    @property
    def is_out_of_time(self) -> bool:
        return time.perf_counter() > self.deadline

    def run(self, most: int, edits: int) -> None:
        outcome = self.outcome
        try:
            regions = find_backward_functions(self.subject)
            live = LoadedCode(regions)
        except DeclarationError as error:
            outcome.status, outcome.reason = "bad declaration", str(error)
            return
        assert outcome.report.smallest is not None
        failed_check = next(r.name for r in outcome.report.checks if r.failed)
        self.filter = CandidateFilter(
            self.subject, list_trace_cases(self.subject.declaration), outcome.report.smallest, failed_check
        )
        outcome.patches = self.search_single_edits(regions, live, most)
        if not outcome.patches and edits > 1:
            outcome.patches = self.search_edit_pairs(regions, live)
        if outcome.patches:
            outcome.status = "repaired"
        elif self.is_out_of_time:
            outcome.reason = "the time ran out before every edit was tried"

    def search_single_edits(
        self, regions: Sequence[Region], live: LoadedCode, most: int, tiers: int | None = None
    ) -> list[Patch]:
        """Search for the smallest edits with which the unit passes every check."""
        around = build_neighbourhood(regions, live, self.filter, self.workers, self.progress)
        for tier in itertools.islice(around.list_tiers(), tiers):
            survivors = drop_same_line_edits(self.filter_tier(tier, live), regions)
            patches = self.prove_candidates(survivors, regions, live, most)
            if patches or self.is_out_of_time:
                return patches
        return []

    def try_edits(self, edits: Sequence[Edit], live: LoadedCode, work: Callable[[], Any]) -> Any:
        """Yield each edit and the result of `work` with it, until the time runs out; None if it does not compile."""

        def attempt(edit: Edit) -> Any:
            try:
                with live.make_edits(edit):
                    return work()
            except NotCompilable:
                return None

        for index, answer in run_tasks(edits, attempt, self.workers, PROBE_SECONDS, PROBE_MEMORY):
            self.outcome.tried += 1
            self.progress("trying", index + 1, len(edits))
            yield edits[index], answer
            if self.is_out_of_time:
                break

    def filter_tier(self, tier: Sequence[Edit], live: LoadedCode) -> list[Edit]:
        """Return the first edits of a tier that pass the filter."""
        survivors: list[Edit] = []
        for edit, answer in self.try_edits(tier, live, self.filter.passes):
            survivors += [edit] if answer is True else []
            if len(survivors) >= MAX_CANDIDATES:
                break
        return survivors

    def prove_candidates(
        self, edits: Sequence[Edit], regions: Sequence[Region], live: LoadedCode, most: int
    ) -> list[Patch]:
        """Return the first patches that pass every check."""

        def prove(edit: Edit) -> Report:
            with live.make_edits(edit):
                report = examine(self.subject, cases=self.cases, seed=self.seed, diagnose=False)
            report.cause = None
            return report

        found: list[Patch] = []
        for index, report in run_tasks(edits, prove, self.workers, PROOF_SECONDS, PROBE_MEMORY):
            self.progress("proving", index + 1, len(edits))
            if isinstance(report, Report) and report.good:
                found.append(Patch.from_edit(edits[index], regions).with_report(report))
            if len(found) >= most or (found and self.is_out_of_time):
                break
        return found

    def search_edit_pairs(self, regions: Sequence[Region], live: LoadedCode) -> list[Patch]:
        """Search for a second edit after each first edit; first those that leave the fewest numbers wrong."""
        firsts = generate_mutants(regions, FAULT_OPERATORS).edits
        left = [(count, edit) for edit, count in self.try_edits(firsts, live, self.filter.count_wrong_entries) if count]
        for number, (_, first) in enumerate(sorted(left)):
            if self.is_out_of_time:
                break
            self.progress("pairing", number, len(left))
            patches = self.search_second_edit(first, regions, live)
            if patches:
                return [patch.combine_with(first, regions) for patch in patches]
        return []

    def search_second_edit(self, first: Edit, regions: Sequence[Region], live: LoadedCode) -> list[Patch]:
        """Search for single edits of the unit with the first edit made."""
        sources = {r.source.file: r.source for r in regions}
        edited = Source(first.file, first.apply(sources[first.file].text), sources[first.file].encoding)
        sources[first.file] = edited
        with live.make_edits(first):
            try:
                rest = find_backward_functions(self.subject, read=lambda file: sources.get(file) or Source.read(file))
                return self.search_single_edits(rest, LoadedCode(rest), most=1, tiers=1)
            except DeclarationError:
                return []


def drop_same_line_edits(edits: Sequence[Edit], regions: Sequence[Region]) -> list[Edit]:
    """Keep the first edit of each line; the others mostly do the same in another way."""
    texts = {region.source.file: region.source.text for region in regions}
    lines: dict[tuple[str, int], Edit] = {}
    for edit in edits:
        lines.setdefault((edit.file, edit.line(texts[edit.file])), edit)
    return list(lines.values())
