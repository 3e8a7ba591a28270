"""The folder of a campaign: what it is, and a line for each batch, written at once and never changed."""

import fcntl
import json
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from ..unit.discovery import UsageError
from .batch import GUIDED_RUN_CASES, Batch, BatchResult, FailedCase
from .fingerprint import describe_difference
from .plan import GUIDED_INTERVAL

CAMPAIGN_SCHEMA = 1


class JsonLinesFile:
    """A file of JSON Lines that is only ever added to; a last line that was torn by a kill is cut off."""

    def __init__(self, file: Path) -> None:
        self.descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        whole, _, torn = file.read_bytes().rpartition(b"\n")
        if torn:
            os.ftruncate(self.descriptor, len(whole) + (1 if whole else 0))
        try:
            self.before: list[dict[str, Any]] = [json.loads(line) for line in whole.splitlines()]
        except ValueError as error:
            os.close(self.descriptor)
            raise UsageError(str(file), f"it is damaged ({error})", "take another folder, or mend it") from error

    def append(self, content: dict[str, Any]) -> None:
        """On disk when this returns."""
        line = json.dumps(content, allow_nan=False) + "\n"
        os.write(self.descriptor, line.encode())
        os.fsync(self.descriptor)

    def close(self) -> None:
        os.close(self.descriptor)


class CampaignStore:
    """A campaign's folder, locked while it is open.

    found    every batch that was judged, of earlier starts too; `cases` is how many cases they have
    shrunk   the report on the smallest case of each check of a unit that a case fell from
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
            reason = "another campaign is at work in it"
            raise UsageError(f"--out {folder}", reason, "end that one, or name another folder") from error
        try:
            same = {
                "seed": str(seed),
                "units": " ".join(units),
                "guided": f"1 in {GUIDED_INTERVAL}, runs of {GUIDED_RUN_CASES}",
                **digests,
            }
            check_campaign(folder, same)
            self.lines, self.smaller = JsonLinesFile(folder / "found.jsonl"), JsonLinesFile(folder / "shrunk.jsonl")
            self.results = [BatchResult.from_dict(line) for line in self.lines.before]
            check_counted_once(folder, [found.batch for found in self.results])
        except BaseException:
            os.close(self.lock)
            raise
        self.shrunk = {(line["unit"], line["check"], line["verdict"]): line["report"] for line in self.smaller.before}
        self.cases = sum(found.cases for found in self.results)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.smaller.close()
        os.close(self.lock)

    def append_result(self, found: BatchResult) -> None:
        self.lines.append(found.to_dict())
        self.results.append(found)
        self.cases += found.cases

    def append_shrunk(self, unit: str, fall: FailedCase, report: dict[str, Any]) -> None:
        self.smaller.append({"unit": unit, "check": fall.failed_check, "verdict": fall.verdict, "report": report})
        self.shrunk[unit, fall.failed_check, fall.verdict] = report


def check_counted_once(folder: Path, batches: Sequence[Batch]) -> None:
    """UsageError where two lines have the same case, as those of two folders in one file: it would be counted twice."""
    in_order = sorted(batches, key=lambda batch: (batch.unit, batch.kind, batch.first))
    for one, other in pairwise(in_order):
        if (one.unit, one.kind) == (other.unit, other.kind) and other.first < one.first + one.count:
            reason = f"{one.unit}: the {one.kind} case {other.first} is there twice"
            raise UsageError(str(folder / "found.jsonl"), reason, "remove one of the two lines")


def check_campaign(folder: Path, same: dict[str, str]) -> None:
    """Note what the campaign of a folder is.  UsageError where the folder holds another one."""
    file = folder / "campaign.json"
    if not file.exists():
        if (folder / "found.jsonl").exists():
            raise UsageError(f"--out {folder}", "its campaign.json is missing", "name another folder")
        written = folder / "campaign.json.new"
        written.write_text(json.dumps({"schema": CAMPAIGN_SCHEMA, "campaign": same}, indent=2) + "\n", encoding="utf-8")
        written.replace(file)
        return
    try:
        before = json.loads(file.read_text(encoding="utf-8"))["campaign"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(str(file), "it is not that of a campaign", "name another folder") from error
    if changed := describe_difference(before, same):
        reason = f"it holds another campaign: {changed}"
        raise UsageError(f"--out {folder}", reason, "ask for the same, or name another folder")
