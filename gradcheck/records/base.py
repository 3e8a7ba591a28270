"""The mechanism: how records are filled from results, written, read and described by a schema.  msgspec does it all.

A field of a record takes the attribute of that name of the object that it is filled from, a property as well.  So a new
field of the JSON is one line in a record, if the result has an attribute of its name.
"""

import json
import math
from typing import Annotated, Any, Self, TypeVar

import msgspec

SCHEMA = 2
"""The version of all JSON that is written."""
T = TypeVar("T")
Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class Record(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A JSON object that has these fields and no others."""


class CaseId(str):
    """A case, written as its id."""


class Number(float):
    """A number that may be infinite or NaN, which JSON has not: it is written as null, and null is read as infinite.

    NumPy's floats are taken, too.
    """

    def __new__(cls, value: float | None) -> Self:
        return super().__new__(cls, math.inf if value is None else value)


class Value:
    """An entry of an array: written as a number if it is real, as real and imaginary part if it is complex."""

    def __init__(self, value: Any) -> None:
        """Take a number, or what was written of one."""
        if isinstance(value, complex):
            value = [value.real, value.imag]
        self.parts = [*map(Number, value if isinstance(value, list) else [value])]


NUMBER_SCHEMA = {"type": ["number", "null"]}
CUSTOM_SCHEMAS: dict[type, dict[str, Any]] = {
    CaseId: {"type": "string"},
    Number: NUMBER_SCHEMA,
    Value: {"anyOf": [NUMBER_SCHEMA, {"type": "array", "items": NUMBER_SCHEMA, "minItems": 2, "maxItems": 2}]},
}


def describe(text: str, schema: dict[str, Any] | None = None) -> msgspec.Meta:
    """Say what a field means; its schema where the type does not tell."""
    return msgspec.Meta(description=text, extra_json_schema=schema)


def fill(source: object, kind: type[T]) -> T:
    """Make a record, or a list of records, of an object that has the fields as attributes, or of its JSON.

    ValueError where a field is missing or of another type.
    """
    return msgspec.convert(
        source, kind, from_attributes=True, str_keys=True, dec_hook=lambda custom, value: custom(value)
    )


def to_json_value(content: object) -> Any:
    """Convert a record, or other plain data, to the lists, dictionaries and values of JSON."""
    return msgspec.to_builtins(content, enc_hook=write_value, str_keys=True)


def format_json(content: object, indent: int | None = None) -> str:
    """Write a record, or other plain data, as JSON of ASCII letters."""
    return json.dumps(to_json_value(content), indent=indent, allow_nan=False)


def make_schema(kind: type) -> dict[str, Any]:
    """The schema of a record: JSON Schema, draft 2020-12."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | msgspec.json.schema(kind, schema_hook=lambda custom: CUSTOM_SCHEMAS[custom])


def write_value(value: object) -> object:
    """Write what JSON does not have."""
    match value:
        case CaseId():
            return str(value)
        case Number():
            return float(value) if math.isfinite(value) else None
        case Value():
            parts = [write_value(part) for part in value.parts]
            return parts if len(parts) > 1 else parts[0]
    raise TypeError(f"{value!r} is no part of a record")
