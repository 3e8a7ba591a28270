"""Reports of every kind keep to the schema, which is strict: a field that it does not name fails."""

import copy
import json
from importlib.resources import files
from typing import get_args

import jsonschema
import pytest

from gradcheck.checks.failure import Verdict
from gradcheck.reporting.json_file import SCHEMA as NUMBER
from tests.harness.reports import every_kind

SCHEMA = json.loads((files("gradcheck") / "schema" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
OBJECTS = [name for name, of in SCHEMA["$defs"].items() if "properties" in of]


def document(*units):
    return {"schema": NUMBER, "units": [*units]}


def objects(value, schema=SCHEMA):
    """Every object in a document, with the name of its kind."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = SCHEMA["$defs"].get(name, schema)
    for choice in schema.get("anyOf", ()):
        yield from objects(value, choice)
    if isinstance(value, list):
        for item in value:
            yield from objects(item, schema.get("items", {}))
    elif isinstance(value, dict) and "properties" in schema:
        yield name, value
        for field in schema["properties"].keys() & value.keys():
            yield from objects(value[field], schema["properties"][field])


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == VALIDATOR.META_SCHEMA["$id"]
    assert SCHEMA["properties"]["schema"]["const"] == NUMBER
    for name in OBJECTS:
        of = SCHEMA["$defs"][name]
        assert of["additionalProperties"] is False
        assert of["required"] == [*of["properties"]]


def test_every_kind_of_report_keeps_to_it():
    for unit in every_kind().values():
        VALIDATOR.validate(document(unit))
    VALIDATOR.validate(document(*every_kind().values()))


def test_the_kinds_are_all_there_are():
    units = every_kind().values()
    assert {unit["verdict"] for unit in units} == {*get_args(Verdict)}
    assert {name for name, _ in objects(document(*units))} == {"", *OBJECTS}


@pytest.mark.parametrize("kind", ["", *OBJECTS])
def test_a_field_more_or_less_is_seen(kind):
    whole = document(*every_kind().values())
    for alter in (lambda found: found.update(undocumented=1), lambda found: found.popitem()):
        planted = copy.deepcopy(whole)
        alter(next(found for name, found in objects(planted) if name == kind))
        assert not VALIDATOR.is_valid(planted)


def test_a_value_of_another_type_is_seen():
    planted = copy.deepcopy(document(every_kind()["wrong"]))
    planted["units"][0]["failure"]["blame"]["conclusions"]["lags"]["ys"]["1"] = "perhaps"
    assert not VALIDATOR.is_valid(planted)
    assert not VALIDATOR.is_valid({"schema": NUMBER + 1, "units": []})
