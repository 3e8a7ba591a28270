"""A unit: the verdict and everything it rests on."""

from typing import Annotated

import msgspec

from ..checks.failure import Verdict
from .base import CaseId, Count, Number, Record, Seconds, describe
from .checks import CheckRecord, FailureRecord
from .diagnoses import DiagnosisRecord
from .mutants import MutationScoreRecord
from .proofs import CertificateRecord, ProofRecord


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
    covers: Annotated[str, describe("what the verdict covers: the sizes of the cases, and how much of its code ran")]
    never_ran: Annotated[
        list[str], describe("of `proved` and `agrees`, what of the unit's own code no judged case ran, a sentence each")
    ]
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


class ProvedUnitRecord(UnitRecord):
    """One unit, as `verify` writes it; its certificate has each of its cases."""

    certificate: Annotated[ProofRecord | None, describe("of `proved`, what was proved")]
