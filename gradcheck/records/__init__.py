"""What is written of results, as records: one class for each JSON object, from which its schema is made, too."""

from .base import SCHEMA, Record, describe, fill, format_json, make_schema, to_json_value
from .units import UnitRecord

__all__ = ["SCHEMA", "Record", "UnitRecord", "describe", "fill", "format_json", "make_schema", "to_json_value"]
