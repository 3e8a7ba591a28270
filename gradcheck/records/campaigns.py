"""What a campaign found."""

from typing import Annotated

import msgspec

from .base import Count, Number, Record, Seconds, describe
from .checks import CheckName
from .units import UnitRecord


class CloseCallRecord(Record):
    """A case that passed, and came close to failing."""

    ratio: Annotated[Number, describe("its error over tolerance")]
    scale: Annotated[str, describe("the scale of its numbers")]
    case: Annotated[str, describe("its id")]


class UnitCallRecord(CloseCallRecord):
    """A case of one of the units."""

    unit: Annotated[str, describe("the unit")]


class FailedCaseRecord(Record):
    """A case that failed."""

    case: Annotated[str, describe("its id")]
    failed_check: Annotated[CheckName, describe("the check that failed")] = msgspec.field(name="check")
    verdict: Annotated[str, describe("the verdict")]
    headline: Annotated[str, describe("what is wrong, in a line")]


class KindRecord(Record):
    """The cases of a kind."""

    cases: Annotated[Count, describe("how many were judged")]
    mean: Annotated[Number, describe("the mean of error over tolerance of those that passed")]


class UnitTotalsRecord(Record):
    """What a campaign found of a unit."""

    name: Annotated[str, describe("the unit's name")]
    judged: Annotated[Count, describe("cases judged")] = msgspec.field(name="cases")
    skipped: Annotated[Count, describe("cases that neither passed nor failed")]
    kinds: Annotated[dict[str, KindRecord], describe("those that were drawn, and those that were guided by Hypothesis")]
    worst: Annotated[CloseCallRecord | None, describe("the case that came closest to failing")]
    scales: Annotated[dict[str, CloseCallRecord], describe("the same of each scale")]
    seconds: Annotated[Seconds, describe("how long it took")]
    failed: Annotated[Count, describe("cases that failed")]
    failures: Annotated[list[FailedCaseRecord], describe("the first few of each check and verdict")]
    shrunk: Annotated[list[UnitRecord], describe("the report on the smallest case of each check and verdict")]
    error: Annotated[str, describe("why it could not be judged")]
