"""The record of a unit, and those of its parts."""

from typing import Annotated, Literal

import msgspec

from ..checks import CHECK_NAMES
from ..checks.failure import Verdict
from ..diagnosis.conclusions import BlockStatus
from ..exact.error_map import ExactStatus
from ..mutation.score import ScoreVerdict
from .base import CaseId, Number, Record, Value, describe

Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
StatusByStep = dict[int, BlockStatus]
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
    spurious: Annotated[bool, describe("whether it has something where nothing is due")]


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
    counts: Annotated[dict[str, Count], describe("how many of those were killed, equivalent, survived or invalid")]
    killed_by: Annotated[
        dict[str, Count], describe("how many were killed, by check, `crash`, `timeout`, `memory` or `unproved`")
    ]
    score: Annotated[float | None, describe("killed over killed and survived; null if none was")]
    cases: Annotated[Count, describe("cases that they were tried on")]
    seconds: Annotated[Seconds, describe("how long it took")]
    survivors: Annotated[list[MutantRecord], describe("faults that nothing saw")]
    equivalents: Annotated[list[MutantRecord], describe("edits decided to leave the same function")]
    error: Annotated[str, describe("why it was not measured")]


class CertificateRecord(Record):
    """What was proved."""

    claim: Annotated[str, describe("what is claimed")]
    case_count: Annotated[Count, describe("cases proved")]
    trials: Annotated[Count, describe("primes tried, over all cases")]
    degree: Annotated[Count, describe("the highest degree of the polynomials that are identical")]
    log2_bound: Annotated[float, describe("of each case, a wrong backward passes with probability at most two to this")]
    rules: Annotated[dict[str, str], describe("the rules of calculus assumed, by function")]
    sources: Annotated[dict[str, Digest], describe("SHA-256 of the source of each module")]
    versions: Annotated[dict[str, str], describe("versions of what ran")]
    seconds: Annotated[Seconds, describe("how long it took")]


class CaseProofRecord(Record):
    """One case that was proved."""

    case_id: Annotated[str, describe("its id")]
    sizes: Annotated[dict[str, list[Count]], describe("the shape of each input")]
    primes: Annotated[list[int], describe("the primes that it was tried with")]
    degree: Annotated[Count, describe("the degree of the polynomials that are identical")]
    log2_bound: Annotated[float, describe("a wrong backward passes it with probability at most two to this")]
    branches: Annotated[dict[str, list[int]], describe("how often each branch was taken, by where it stands")]
    rules: Annotated[list[str], describe("the rules of calculus assumed")]
    seconds: Annotated[Seconds, describe("how long it took")]


class ProofRecord(CertificateRecord):
    """What was proved, with each of its cases."""

    cases: Annotated[list[CaseProofRecord], describe("the cases")]


class UnitRecord(Record):
    """One unit: the verdict and everything it rests on."""

    name: Annotated[str, describe("the unit's name")]
    verdict: Annotated[Verdict, describe("the verdict")]
    reason: Annotated[str, describe("of `agrees`, why it is not proved")]
    cases: Annotated[Count, describe("cases judged")]
    skipped: Annotated[
        Count, describe("cases in which rounding grows to the size of what is judged: neither passed nor failed")
    ]
    worst: Annotated[Number, describe("the largest error over tolerance of the cases that passed")]
    worst_case: Annotated[CaseId | None, describe("the id of the case that showed it")]
    given: Annotated[
        str, describe("sizes and dtype of given arrays, where the unit was judged at such: those have no case id")
    ]
    seconds: Annotated[Seconds, describe("how long the judging took")]
    checks: Annotated[
        list[CheckRecord],
        describe("the checks, in the order in which a case goes through them; empty if the unit could not be loaded"),
    ]
    smallest: Annotated[CaseId | None, describe("the id of the smallest case that shows what is wrong")]
    rerun_command: Annotated[str, describe("the command, or the call, that judges that case again")] = msgspec.field(
        name="rerun"
    )
    failure: Annotated[FailureRecord | None, describe("what is wrong, where a judge disagrees")]
    diagnosis: Annotated[DiagnosisRecord | None, describe("where the fault lies, of verdict `wrong`")]
    mutation_score: Annotated[
        MutationScoreRecord | None, describe("what became of faults planted in the backward, where some were")
    ]
    certificate: Annotated[CertificateRecord | None, describe("of `proved`, what was proved")]
    notes: Annotated[list[str], describe("what is not judged of the unit, whatever the verdict")]
    error: Annotated[str, describe("of `bad declaration` and `not judged`, why, and what to do")]
    printed: Annotated[str, describe("the beginning of what the unit printed")]
    message: Annotated[str, describe("what the command line prints of a unit that is not good")]
    derivation: Annotated[str, describe("what the unit says of itself: the header of its file and its docstring")]
