"""Reports of every kind keep to the schema, which is strict: a field that it does not name fails.

The tests of each command read what it writes by `schemas.read_valid`.
"""

import copy
import json
from dataclasses import dataclass
from typing import get_args

import jsonschema
import pytest

from gradcheck.checks.failure import Verdict
from gradcheck.cli.main import app
from gradcheck.records import Record, UnitRecord, fill, format_json, to_json_value
from gradcheck.records.base import Number
from gradcheck.reporting.documents import DOCUMENTS, format_document, make_schemas
from tests.harness.reports import every_kind, every_report
from tests.harness.schemas import read_valid, validator

SCHEMA = validator("verify").schema
OBJECTS = [name for name in SCHEMA["$defs"] if name != "VerifyDocument"]


def document(*units):
    return {"schema": 2, "command": "verify", "units": [*units], "interrupted": False}


def objects(value, schema=SCHEMA):
    """Every object in a document, with the name of its kind."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = SCHEMA["$defs"].get(name, schema)
    for choice in schema.get("anyOf", ()):
        yield from objects(value, choice)
    if isinstance(value, list):
        for item in value:
            yield from objects(item, schema.get("items", {}))
    elif isinstance(value, dict):
        if "properties" in schema:
            yield name, value
        for field, of in value.items():
            yield from objects(of, schema.get("properties", {}).get(field) or schema.get("additionalProperties") or {})


@pytest.mark.parametrize("command", make_schemas())
def test_the_schema_of_a_command_is_one_and_strict(command):
    schema = validator(command).schema
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == validator(command).META_SCHEMA["$id"]
    for of in schema["$defs"].values():
        assert of["additionalProperties"] is False
        assert of["required"] == [*of["properties"]]
        assert all(field["description"] for field in of["properties"].values())


def test_every_command_that_writes_json_has_a_schema():
    commands = {
        command.name or command.callback.__name__
        for command in app.registered_commands
        if "json_file" in command.callback.__annotations__
    }
    assert {*DOCUMENTS} == commands | {"pytest"}
    assert {*make_schemas()} == commands


def test_every_kind_of_report_keeps_to_it():
    text = format_document("verify", {"units": [*every_report().values()], "interrupted": False})
    assert read_valid(text) == document(*every_kind().values())


def test_the_kinds_are_all_there_are():
    units = every_kind().values()
    assert {unit["verdict"] for unit in units} == {*get_args(Verdict)}
    assert {name for name, _ in objects(document(*units))} == {"VerifyDocument", *OBJECTS}


@pytest.mark.parametrize("kind", ["VerifyDocument", *OBJECTS])
def test_a_field_more_or_less_is_seen(kind):
    whole = document(*every_kind().values())
    for alter in (lambda found: found.update(undocumented=1), lambda found: found.popitem()):
        planted = copy.deepcopy(whole)
        alter(next(found for name, found in objects(planted) if name == kind))
        with pytest.raises(jsonschema.ValidationError):
            read_valid(json.dumps(planted))


def test_a_value_of_another_type_is_seen():
    planted = copy.deepcopy(document(every_kind()["wrong"]))
    planted["units"][0]["diagnosis"]["conclusions"]["lags"]["ys"]["1"] = "perhaps"
    assert not validator("verify").is_valid(planted)
    assert not validator("verify").is_valid(document() | {"schema": 3})
    assert not validator("verify").is_valid(document() | {"command": "prove"})


def test_what_is_read_is_what_was_written():
    for report in every_report().values():
        record = fill(report, UnitRecord)
        assert to_json_value(fill(json.loads(format_json(record)), UnitRecord)) == to_json_value(record)


def test_a_result_that_lost_a_field_is_not_written():
    @dataclass
    class Forgetful:
        name: str = "a unit without a verdict"

    with pytest.raises(ValueError, match="missing required field `verdict`"):
        fill(Forgetful(), UnitRecord)


class Measured(Record):
    """Numbers that may be infinite, and one that may not."""

    ratio: Number
    steps: list[Number]
    seconds: float


def test_what_is_not_finite_is_null_where_it_may_be_and_is_refused_elsewhere():
    inf, nan = float("inf"), float("nan")
    found = fill({"ratio": inf, "steps": [nan, 1.0], "seconds": 1.0}, Measured)
    assert json.loads(format_json(found)) == {"ratio": None, "steps": [None, 1.0], "seconds": 1.0}
    assert fill(json.loads(format_json(found)), Measured).ratio == inf
    with pytest.raises(ValueError, match="not JSON compliant"):
        format_json(fill({"ratio": 1.0, "steps": [], "seconds": nan}, Measured))
    with pytest.raises(ValueError, match="NaN is no JSON"):
        read_valid('{"command": "verify", "units": NaN}')
