"""What the search for a patch found."""

from typing import Annotated, Literal

import msgspec

from .base import Count, Record, Seconds, describe
from .units import UnitRecord


class PatchRecord(Record):
    """What makes a wrong backward right."""

    files: Annotated[list[str], describe("the files that it changes")]
    kinds: Annotated[list[str], describe("what each edit does")]
    diff_text: Annotated[str, describe("the edits as a diff")] = msgspec.field(name="diff")
    report: Annotated[UnitRecord | None, describe("on the unit with the patch")]


class RepairRecord(Record):
    """What the search for a patch found."""

    name: Annotated[str, describe("the unit's name")]
    status: Annotated[
        Literal["right", "repaired", "no patch", "not backward", "bad declaration"], describe("how the search ended")
    ]
    reason: Annotated[str, describe("why there is no patch")]
    report: Annotated[UnitRecord, describe("on the unit as it is")]
    patches: Annotated[list[PatchRecord], describe("those that were found, each of which passes every check")]
    tried: Annotated[Count, describe("edits that were tried")]
    seconds: Annotated[Seconds, describe("how long it took")]
