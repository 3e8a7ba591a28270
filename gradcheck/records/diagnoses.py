"""Where the fault of a unit lies."""

from typing import Annotated, Literal

import msgspec

from ..diagnosis.conclusions import BlockStatus
from ..exact.error_map import ExactStatus
from .base import CaseId, Record, describe

StatusByStep = dict[int, BlockStatus]


class BlockRecord(Record):
    """A part of an array."""

    name: Annotated[str, describe("the output or input")]
    label: Annotated[str, describe("a time step, or the name of a gate; empty for a whole array")] = msgspec.field(
        name="block"
    )


class MapRecord(Record):
    """Blocks of upstream gradients against blocks of gradients."""

    arithmetic: Annotated[Literal["exact", "float64"], describe("what it was made in")]
    rows: Annotated[list[BlockRecord], describe("the blocks of the outputs")]
    columns: Annotated[list[BlockRecord], describe("the blocks of the inputs")]
    cells: Annotated[
        list[list[ExactStatus]],
        describe(
            "of each row, of each column: `missing` if only the forward depends, `spurious` if only the backward does, "
            "`zero` if neither"
        ),
    ]


class ConclusionsRecord(Record):
    """What a map says."""

    wrong_blocks: Annotated[
        dict[str, list[str]],
        describe("of each input that is wrong, its wrong blocks; none where all of it is"),
    ]
    right_inputs: Annotated[list[str], describe("the other inputs")]
    outputs: Annotated[list[str], describe("the outputs")]
    mishandled: Annotated[list[str], describe("the outputs whose upstream gradient goes wrong")]
    ignored: Annotated[list[str], describe("those of them whose upstream gradient goes nowhere")]
    lags: Annotated[dict[str, StatusByStep], describe("by output, each lag t-s from its step to that of a wrong input")]
    steps_by_output: Annotated[
        dict[str, StatusByStep],
        describe("by output, the same of its steps alone, where no wrong input has steps"),
    ]
    wrong_steps: Annotated[
        list[int], describe("the wrong steps of the inputs, where those alone tell right from wrong")
    ]
    missing: Annotated[bool, describe("whether backward has nothing wherever it is wrong")]
    spurious: Annotated[bool, describe("whether a gradient that should be zero is not")]


class DiagnosisRecord(Record):
    """What is known of a fault."""

    case: Annotated[
        CaseId,
        describe("the case of the map: the smallest one grown, so that gates and lags can be told apart"),
    ]
    location: Annotated[str, describe("inputs and gates, lags, outputs, and which cases show it, in a line")] = (
        msgspec.field(name="where")
    )
    triggers: Annotated[list[str], describe("what a case must have to show the fault")]
    pattern: Annotated[str, describe("the pattern that the residual matches to rounding")]
    not_determined: Annotated[dict[str, str], describe("what could not be found out, and why")]
    conclusions: Annotated[ConclusionsRecord | None, describe("what follows from the map")]
    step_conclusions: Annotated[
        ConclusionsRecord | None, describe("the same of a single step, where the fault shows there")
    ] = msgspec.field(name="step")
    error_map: Annotated[MapRecord | None, describe("the map of right and wrong")] = msgspec.field(name="map")
