"""What a worker does: judges the cases of a batch, or makes one that fell smaller."""

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
"""Seconds after which a worker ends itself: a batch should take a few."""


class WorkerMismatch(Exception):
    """The files or packages of a worker are not those of the campaign."""


@dataclass(frozen=True)
class UnitJob:
    """A unit, the campaign's seed, and the digests that a worker must find at its own place."""

    pair: UnitFiles
    seed: int
    digests: tuple[tuple[str, str], ...]


def judge_batch(job: UnitJob, batch: Batch) -> BatchResult:
    """What is found in a batch.  Differs, or a DeclarationError where the unit cannot be loaded."""
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


def shrink_batch_failure(job: UnitJob, fall: FailedCase) -> Report:
    """The report on the smallest case that falls as this one does, with the diagnosis."""
    with limit_time():
        subject = load_subject(job)
        tally = Tally()
        tally.note(judge_case(subject, Case.parse(fall.case, subject.declaration), NUMERIC_CHECKS))
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
    """End this process where the block comes to no end; the watchdog needs no main thread."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(BATCH_PATIENCE, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
