"""What is written of results, as records: one class for each JSON object, from which its schema is made, too."""

from .base import SCHEMA, CaseId, Number, Record, describe, fill, format_json, make_schema, read, to_json_value
from .units import CertificateRecord, CheckRecord, FailureRecord, MutationScoreRecord, ProofRecord, UnitRecord

__all__ = [
    "SCHEMA",
    "CaseId",
    "CertificateRecord",
    "CheckRecord",
    "FailureRecord",
    "MutationScoreRecord",
    "Number",
    "ProofRecord",
    "Record",
    "UnitRecord",
    "describe",
    "fill",
    "format_json",
    "make_schema",
    "read",
    "to_json_value",
]
