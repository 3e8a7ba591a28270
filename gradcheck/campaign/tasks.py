"""The tasks of a worker: to judge the cases of a batch, or to shrink a failing case."""

import faulthandler
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from ..cases.case import Case
from ..checks import NUMERIC_CHECKS
from ..unit.discovery import UnitFiles
from ..unit.subject import Subject
from ..verdict.report import Report
from ..verdict.tally import Tally
from ..verification.conclusion import conclude
from ..verification.judge import judge_case
from ..verification.settings import Settings
from .batch import Batch, BatchResult, FailedCase
from .fingerprint import compute_digests, describe_difference
from .judging import BatchJudge, judge_random_case

BATCH_PATIENCE = 600.0
"""Seconds after which a worker ends its process; a batch should take a few."""


class WorkerMismatch(Exception):
    """The files or packages of a worker are not those of the campaign."""


@dataclass(frozen=True)
class UnitJob:
    """A unit, the seed of the campaign, and the digests that the worker's own files must have."""

    pair: UnitFiles
    seed: int
    digests: tuple[tuple[str, str], ...]


def judge_batch(job: UnitJob, batch: Batch) -> BatchResult:
    """Judge a batch.  Raise WorkerMismatch if files differ, DeclarationError if the unit cannot be loaded."""
    with limit_time():
        subject = load_subject(job)
        started = time.perf_counter()
        judging = BatchJudge(subject, BatchResult(batch))
        for number in range(batch.first, batch.first + batch.count):
            if batch.kind == "guided":
                from .guided import search_cases

                search_cases(judging, job.seed, number)
            else:
                judge_random_case(judging, job.seed, number)
        return judging.finish_batch(time.perf_counter() - started)


def shrink_batch_failure(job: UnitJob, failed_case: FailedCase) -> Report:
    """Shrink a failing case, and return the report on it with the diagnosis."""
    with limit_time():
        subject = load_subject(job)
        tally = Tally()
        tally.note(judge_case(subject, Case.parse(failed_case.case, subject.declaration), NUMERIC_CHECKS))
        return conclude(subject, tally, Settings(exact_cases=0))


@cache
def load_subject(job: UnitJob) -> Subject:
    if changed := describe_difference(dict(job.digests), compute_digests([job.pair])):
        raise WorkerMismatch(changed)
    subject = job.pair.load()
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    return subject


@contextmanager
def limit_time() -> Iterator[None]:
    """End this process if the block does not finish in time; works outside the main thread too."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(BATCH_PATIENCE, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
