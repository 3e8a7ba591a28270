"""The folder of a campaign: its settings, and a line for each batch, which is written at once and never changed."""

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Generic, Self, TypeVar

from ..files import append_line, write_whole
from ..records import SCHEMA, UnitRecord, fill, format_json
from ..unit.discovery import UsageError
from .batch import GUIDED_RUN_CASES, Batch, BatchResult, FailedCase
from .fingerprint import describe_difference
from .plan import GUIDED_INTERVAL

T = TypeVar("T")


@dataclass(frozen=True)
class ShrunkFailure:
    """The report on the smallest case of a unit that fails a check with a verdict."""

    unit: str
    check: str
    verdict: str
    report: UnitRecord


class JsonLinesFile(Generic[T]):
    """A file of JSON Lines to which lines are only added; an incomplete last line, after a kill, is removed."""

    def __init__(self, file: Path, kind: type[T]) -> None:
        self.file = file
        self.descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        whole, _, torn = file.read_bytes().rpartition(b"\n")
        if torn:
            os.ftruncate(self.descriptor, len(whole) + (1 if whole else 0))
        try:
            self.before = [fill(json.loads(line), kind) for line in whole.splitlines()]
        except ValueError as error:
            os.close(self.descriptor)
            raise UsageError(str(file), f"it is damaged ({error})", "take another folder, or repair it") from error

    def append(self, content: T) -> None:
        """Add a line; it is on disk when this returns.  UsageError where it cannot be: the file is then as before."""
        try:
            append_line(self.descriptor, f"{format_json(content)}\n".encode())
        except OSError as error:
            remedy = "see to it and repeat this command: the campaign continues where it stopped"
            raise UsageError(str(self.file), f"it cannot be written ({error.strerror})", remedy) from error

    def close(self) -> None:
        os.close(self.descriptor)


class CampaignStore:
    """A campaign's folder, locked while it is open.

    results  of every batch, those of earlier starts included; `cases` is how many cases they have
    shrunk   the report on the smallest failing case of each unit, check and verdict
    """

    def __init__(self, folder: Path, seed: int, units: Sequence[str], digests: dict[str, str]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise UsageError(f"--out {folder}", f"it cannot be written ({error.strerror})", "name another") from error
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self.lock)
            reason = "another campaign is running in it"
            raise UsageError(f"--out {folder}", reason, "stop that one, or name another folder") from error
        try:
            same = {
                "seed": str(seed),
                "units": " ".join(units),
                "guided": f"1 in {GUIDED_INTERVAL}, runs of {GUIDED_RUN_CASES}",
                **digests,
            }
            check_campaign(folder, same)
            self.lines = JsonLinesFile(folder / "found.jsonl", BatchResult)
            self.smaller = JsonLinesFile(folder / "shrunk.jsonl", ShrunkFailure)
            self.results = self.lines.before
            check_counted_once(folder, [found.batch for found in self.results])
        except BaseException:
            os.close(self.lock)
            raise
        self.shrunk = {(line.unit, line.check, line.verdict): line.report for line in self.smaller.before}
        self.cases = sum(found.cases for found in self.results)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.smaller.close()
        os.close(self.lock)

    def append_result(self, found: BatchResult) -> None:
        self.lines.append(found)
        self.results.append(found)
        self.cases += found.cases

    def append_shrunk(self, unit: str, failed_case: FailedCase, report: UnitRecord) -> None:
        self.smaller.append(ShrunkFailure(unit, failed_case.failed_check, failed_case.verdict, report))
        self.shrunk[unit, failed_case.failed_check, failed_case.verdict] = report


def check_counted_once(folder: Path, batches: Sequence[Batch]) -> None:
    """UsageError where two lines have the same case, as those of two folders in one file: it would be counted twice."""
    in_order = sorted(batches, key=lambda batch: (batch.unit, batch.kind, batch.first))
    for one, other in pairwise(in_order):
        if (one.unit, one.kind) == (other.unit, other.kind) and other.first < one.first + one.count:
            reason = f"{one.unit}: the {one.kind} case {other.first} is there twice"
            raise UsageError(str(folder / "found.jsonl"), reason, "remove one of the two lines")


def check_campaign(folder: Path, same: dict[str, str]) -> None:
    """Write the settings of a campaign into a new folder.  UsageError if the folder holds another campaign."""
    file = folder / "campaign.json"
    if not file.exists():
        if (folder / "found.jsonl").exists():
            raise UsageError(f"--out {folder}", "its campaign.json is missing", "name another folder")
        try:
            write_whole(file, json.dumps({"schema": SCHEMA, "campaign": same}, indent=2) + "\n")
        except OSError as error:
            raise UsageError(str(file), f"it cannot be written ({error.strerror})", "name another folder") from error
        return
    try:
        before = json.loads(file.read_text(encoding="utf-8"))["campaign"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(str(file), "it is not the folder of a campaign", "name another folder") from error
    if changed := describe_difference(before, same):
        reason = f"it holds another campaign: {changed}"
        raise UsageError(f"--out {folder}", reason, "use the same units, files and seed, or name another folder")
