"""Writes the fields of docs/json.md from the schema:  python -m tests.repo.json_page"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from tests.zoo.page import section, table

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
SCHEMA = json.loads((files("gradcheck") / "schema" / "report.schema.json").read_text(encoding="utf-8"))


def fields() -> str:
    """A table for each kind of object."""
    objects = {"the file": SCHEMA, **SCHEMA["$defs"]}
    parts = []
    for name, of in objects.items():
        parts.append(f"### {name}\n\n{of['description']}\n")
        if "properties" in of:
            rows = [(f"`{field}`", kind(what), what["description"]) for field, what in of["properties"].items()]
            parts.append(table(("field", "type", "meaning"), rows) + "\n")
    return "\n".join(parts)


def kind(what: dict[str, Any]) -> str:
    """The type of a field, in words; objects by the name of their table."""
    if "$ref" in what:
        name = what["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "anyOf" in what:
        return " or ".join(map(kind, what["anyOf"]))
    if "enum" in what:
        return ", ".join(f"`{value}`" for value in what["enum"])
    if "const" in what:
        return f"`{json.dumps(what['const'])}`"
    if what["type"] == "array":
        return f"array of {kind(what['items'])}"
    if what["type"] == "object":
        return f"object, by name: {kind(what['additionalProperties'])}"
    return " or ".join([what["type"]] if isinstance(what["type"], str) else what["type"])


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    start, stop = section(page, "fields")
    PAGE.write_text(page[:start] + fields() + page[stop:], encoding="utf-8")


if __name__ == "__main__":
    main()
