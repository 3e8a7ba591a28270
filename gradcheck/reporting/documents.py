"""What each command writes with `--json`: a document, which has the version of the schema and the command's name."""

from typing import Annotated, Any, Literal

from ..records import SCHEMA, Record, UnitRecord, describe, fill, format_json, make_schema
from ..records.base import Count
from ..records.campaigns import UnitCallRecord, UnitTotalsRecord
from ..records.mutants import MutationScoreRecord
from ..records.repairs import RepairRecord
from ..records.units import ProvedUnitRecord
from ..records.zoo import DefectResultRecord, DesignRecord

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


class ProveDocument(Document):
    """What `gradcheck prove --json` writes."""

    command: Annotated[Literal["prove"], describe("what wrote it")]
    units: Annotated[list[ProvedUnitRecord], describe("the units, in the order in which they were proved")]


class MutateDocument(Document):
    """What `gradcheck mutate --json` writes."""

    command: Annotated[Literal["mutate"], describe("what wrote it")]
    units: Annotated[list[MutationScoreRecord], describe("the mutation score of each unit")]


class RepairDocument(Document):
    """What `gradcheck repair --json` writes."""

    command: Annotated[Literal["repair"], describe("what wrote it")]
    units: Annotated[list[RepairRecord], describe("the unit")]


class ZooDocument(Document):
    """What `gradcheck zoo --json` writes."""

    command: Annotated[Literal["zoo"], describe("what wrote it")]
    designs: Annotated[list[DesignRecord], describe("the designs of a test, this harness first")]
    defects: Annotated[list[DefectResultRecord], describe("the defects, in the order of the zoo")]
    units: Annotated[list[str], describe("the right units that every design judged, too")]


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
