"""Reads what commands write, and holds it to the schema of the command that it says it is of."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema


@cache
def validator(command: str) -> jsonschema.Draft202012Validator:
    name = "verify" if command == "pytest" else command
    text = (files("gradcheck") / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def read_valid(text: str) -> dict[str, Any]:
    """The content of a file of JSON.  An error where it is not strict JSON, or not as its schema says."""
    content = json.loads(text, parse_constant=refuse_constant)
    validator(content["command"]).validate(content)
    return content


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
