"""What was found of the defects of a zoo."""

from typing import Annotated, Literal

import msgspec

from .base import CaseId, Count, Record, Seconds, describe
from .checks import CheckName


class DefectRecord(Record):
    """A bug that was seen in public."""

    name: Annotated[str, describe("its name in the zoo")]
    source: Annotated[str, describe("where it was seen")]
    wrong: Annotated[str, describe("what is wrong")]
    triggers: Annotated[str, describe("what a test needs to show it")]


class VerdictRecord(Record):
    """What gradcheck says of a defect."""

    verdict: Annotated[str, describe("the verdict")]
    smallest: Annotated[CaseId | None, describe("the id of the smallest case that shows it")]


class LocationRecord(Record):
    """Where the fault lies."""

    location: Annotated[str, describe("inputs and gates, lags, outputs, in a line")] = msgspec.field(name="where")
    pattern: Annotated[str, describe("the pattern that it matches")]


class DefectResultRecord(Record):
    """A defect, and which designs of a test catch it."""

    defect: Annotated[DefectRecord, describe("the defect")]
    report: Annotated[VerdictRecord, describe("what gradcheck says of it")]
    failed_check: Annotated[CheckName | Literal[""], describe("the check that caught it")] = msgspec.field(name="check")
    above_tolerance: Annotated[list[str], describe("tensors above tolerance at the smallest case")]
    diagnosis: Annotated[LocationRecord | None, describe("where the fault lies, of verdict `wrong`")]
    caught: Annotated[
        dict[str, bool | None], describe("by design, whether it catches it; null if it does not look at such a defect")
    ]


class DesignRecord(Record):
    """A design of a gradient test."""

    name: Annotated[str, describe("its name")]
    what: Annotated[str, describe("what it does")]
    caught: Annotated[Count, describe("defects that it catches")]
    of: Annotated[Count, describe("defects that it looks at")]
    false_alarms: Annotated[dict[str, str], describe("by right unit, what it complains of")]
    seconds: Annotated[Seconds, describe("how long it took")]
