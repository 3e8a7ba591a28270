"""What each command writes with `--json`: a document, which has the version of the schema and the command's name."""

from typing import Annotated, Any, Literal

import msgspec

from ..records import SCHEMA, CaseId, Number, ProofRecord, Record, UnitRecord, describe, fill, format_json, make_schema
from ..records.units import CheckName, Count, MutationScoreRecord, Seconds

Interrupted = Annotated[bool, describe("whether Ctrl-C ended it: what was done until then is written")]
Units = Annotated[list[UnitRecord], describe("the units, in the order in which they were judged")]


class Document(Record):
    """What every file has."""

    schema: Annotated[int, describe("the version of the schema", {"const": SCHEMA})]


class VerifyDocument(Document):
    """What `gradcheck verify --json` writes, and pytest with `--gradcheck-report`."""

    command: Annotated[Literal["verify", "pytest"], describe("what wrote it")]
    units: Units
    interrupted: Interrupted


class DiagnoseDocument(Document):
    """What `gradcheck diagnose --json` writes."""

    command: Annotated[Literal["diagnose"], describe("what wrote it")]
    units: Units


class ProvedUnitRecord(UnitRecord):
    """One unit, as `verify` writes it; its certificate has each of its cases."""

    certificate: Annotated[ProofRecord | None, describe("of `proved`, what was proved")]


class ProveDocument(Document):
    """What `gradcheck prove --json` writes."""

    command: Annotated[Literal["prove"], describe("what wrote it")]
    units: Annotated[list[ProvedUnitRecord], describe("the units, in the order in which they were proved")]


class MutateDocument(Document):
    """What `gradcheck mutate --json` writes."""

    command: Annotated[Literal["mutate"], describe("what wrote it")]
    units: Annotated[list[MutationScoreRecord], describe("the mutation score of each unit")]


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


class RepairDocument(Document):
    """What `gradcheck repair --json` writes."""

    command: Annotated[Literal["repair"], describe("what wrote it")]
    units: Annotated[list[RepairRecord], describe("the unit")]


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


class ZooDocument(Document):
    """What `gradcheck zoo --json` writes."""

    command: Annotated[Literal["zoo"], describe("what wrote it")]
    designs: Annotated[list[DesignRecord], describe("the designs of a test, this harness first")]
    defects: Annotated[list[DefectResultRecord], describe("the defects, in the order of the zoo")]
    units: Annotated[list[str], describe("the right units that every design judged, too")]


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
    regimes: Annotated[dict[str, CloseCallRecord], describe("the same of each scale")]
    seconds: Annotated[Seconds, describe("how long it took")]
    failed: Annotated[Count, describe("cases that failed")]
    failures: Annotated[list[FailedCaseRecord], describe("the first few of each check and verdict")]
    shrunk: Annotated[list[UnitRecord], describe("the report on the smallest case of each check and verdict")]
    error: Annotated[str, describe("why it could not be judged")]


class CampaignDocument(Document):
    """What `gradcheck campaign --json` writes."""

    command: Annotated[Literal["campaign"], describe("what wrote it")]
    asked: Annotated[Count, describe("cases asked for")]
    cases: Annotated[Count, describe("cases judged")]
    skipped: Annotated[Count, describe("cases that neither passed nor failed")]
    failed: Annotated[Count, describe("cases that failed")]
    closest: Annotated[list[UnitCallRecord], describe("the cases that came closest to failing, of all units")]
    units: Annotated[list[UnitTotalsRecord], describe("the units")]
    interrupted: Interrupted


DOCUMENTS: dict[str, type[Document]] = {
    "verify": VerifyDocument,
    "pytest": VerifyDocument,
    "diagnose": DiagnoseDocument,
    "prove": ProveDocument,
    "mutate": MutateDocument,
    "repair": RepairDocument,
    "zoo": ZooDocument,
    "campaign": CampaignDocument,
}
"""By command, what it writes."""


def format_document(command: str, content: dict[str, object]) -> str:
    """Write what a command found as JSON."""
    document = fill({"schema": SCHEMA, "command": command, **content}, DOCUMENTS[command])
    return format_json(document, indent=2) + "\n"


def make_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each command that writes JSON, by its name."""
    return {command: make_schema(kind) for command, kind in DOCUMENTS.items() if command != "pytest"}
