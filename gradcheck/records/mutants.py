"""What became of faults planted in a backward."""

from typing import Annotated

import msgspec

from ..mutation.score import ScoreVerdict
from .base import Count, Record, Seconds, describe


class MutantRecord(Record):
    """An edit of the backward."""

    file: Annotated[str, describe("the file")]
    line: Annotated[Count, describe("the line")]
    kind: Annotated[str, describe("what was done")]
    diff: Annotated[str, describe("the edit as a diff")]
    reason: Annotated[str, describe("of a survivor, why nothing saw it")]


class MutationScoreRecord(Record):
    """What became of faults planted in the backward."""

    name: Annotated[str, describe("the unit's name")]
    verdict: Annotated[ScoreVerdict, describe("whether it was measured")]
    mutants: Annotated[Count, describe("faults that can be planted in lines that ran")]
    not_run: Annotated[Count, describe("more, in lines that did not run")] = msgspec.field(name="unreached")
    tried: Annotated[Count, describe("those that were planted")]
    counts: Annotated[
        dict[str, Count], describe("how many were killed, equivalent, not told apart, survived or invalid")
    ]
    killed_by: Annotated[
        dict[str, Count], describe("how many were killed, by check, `crash`, `timeout`, `memory` or `unproved`")
    ]
    score: Annotated[float | None, describe("killed over killed and survived; null if none was")]
    cases: Annotated[Count, describe("cases that they were tried on")]
    seconds: Annotated[Seconds, describe("how long it took")]
    survivors: Annotated[list[MutantRecord], describe("faults that nothing saw")]
    equivalents: Annotated[list[MutantRecord], describe("edits decided to leave the same function")]
    error: Annotated[str, describe("why it was not measured")]
