"""What a check found, over all cases of a unit and at the one that failed."""

from typing import Annotated, Literal

import msgspec

from ..checks import CHECK_NAMES
from .base import CaseId, Count, Number, Record, Value, describe

CheckName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*CHECK_NAMES]})]


class TensorRecord(Record):
    """The largest error over tolerance of one tensor, over the cases that passed."""

    ratio: Annotated[Number, describe("the largest error over tolerance")] = msgspec.field(name="worst")
    case: Annotated[CaseId | None, describe("the id of the case that showed it; null at given arrays")]
    steps: Annotated[
        list[Number],
        describe("the largest of each time step, over all cases that have it; empty for a tensor without time axis"),
    ]


class CheckRecord(Record):
    """One check, over all cases."""

    name: Annotated[CheckName, describe("the check")]
    status: Annotated[
        Literal["passed", "failed", "not applicable", "not reached"],
        describe("`failed` if a case failed; else `passed` if one passed; else whether it did not apply"),
    ]
    passed: Annotated[Count, describe("cases that passed; of `mutation`, killed mutants")]
    failed: Annotated[Count, describe("cases that failed; of `mutation`, survivors")]
    worst: Annotated[
        Number, describe("the largest error over tolerance of the cases that passed; 0 where the check measures none")
    ]
    tensors: Annotated[
        dict[str, TensorRecord],
        describe(
            "of a check that compares tensors with another judge (`forward`, `gradients`, `third party`), the worst of "
            "each: an output by its name, a gradient by its input's name after a `d`"
        ),
    ]
    reasons: Annotated[dict[str, Count], describe("how many cases it did not apply to, by the reason")] = msgspec.field(
        name="not_applicable"
    )
    explanations: Annotated[
        dict[str, Count], describe("disagreements that are no fault, by what explains them: how many cases")
    ] = msgspec.field(name="explained")


class EntryRecord(Record):
    """One entry of a tensor."""

    index: Annotated[list[Count], describe("where it stands")]
    manual: Annotated[Value, describe("what manual gives")]
    judge: Annotated[Value, describe("what the judge gives")]
    tolerance: Annotated[Number, describe("how far apart they may be")]
    ratio: Annotated[Number, describe("how far apart they are, over that")]


class ComparisonRecord(Record):
    """One tensor at the failing case."""

    name: Annotated[str, describe("an output or an input (whose gradient it is) by its name")]
    count_above: Annotated[Count, describe("entries above their tolerance")] = msgspec.field(name="above_tolerance")
    entry_count: Annotated[Count, describe("entries")] = msgspec.field(name="size")
    worst: Annotated[list[EntryRecord], describe("the worst entries, worst first; one if none is above tolerance")]
    steps: Annotated[
        list[Number],
        describe("the largest error over tolerance of each time step; empty for a tensor without time axis"),
    ]


class FailureRecord(Record):
    """What a check found wrong at the smallest case."""

    check: Annotated[CheckName, describe("the check that failed")]
    headline: Annotated[str, describe("what is wrong, in a line")]
    lines: Annotated[
        dict[str, str],
        describe("the labelled lines below it: `verdict`, `exact`, `fault`, `looks like`, `worst` and others"),
    ] = msgspec.field(name="details")
    opinions: Annotated[dict[str, Number], describe("what each judge says of the worst entry, by judge")]
    ratio: Annotated[Number, describe("error over tolerance of the worst entry; null where there is no number")]
    comparisons: Annotated[list[ComparisonRecord], describe("what was compared at that case")] = msgspec.field(
        name="tensors"
    )
