"""Writes the schemas of gradcheck/schema and the fields of docs/json.md from the records:

python -m tests.repo.json_page
"""

import json
import re
from pathlib import Path
from typing import Any

from gradcheck.reporting.documents import make_schemas
from tests.zoo.page import section, table

ROOT = Path(__file__).parents[2]
PAGE, SCHEMAS = ROOT / "docs" / "json.md", ROOT / "gradcheck" / "schema"


def schema_files() -> dict[Path, str]:
    """The text of each schema file."""
    return {SCHEMAS / f"{name}.schema.json": format_schema(schema) for name, schema in make_schemas().items()}


def format_schema(schema: dict[str, Any]) -> str:
    """Each field of each object on a line, and all that are required on one."""
    text = re.sub(r"\n {5,}", " ", json.dumps(schema, indent=1))
    text = re.sub(r"\n {4}([}\]])", r" \1", text)
    return re.sub(r"\n {3,4}(\"\w+\"(?:,?(?=\n))|\])", r" \1", text) + "\n"


def fields() -> str:
    """A table for each kind of object, the files first."""
    objects = {name: of for schema in make_schemas().values() for name, of in schema["$defs"].items()}
    parts = []
    for name, of in sorted(objects.items(), key=lambda named: not named[0].endswith("Document")):
        rows = [(f"`{field}`", kind(what), what["description"]) for field, what in of["properties"].items()]
        parts.append(f"### {name}\n\n{of['description']}\n")
        parts.append(table(("field", "type", "meaning"), rows) + "\n")
    return "\n".join(parts)


def kind(what: dict[str, Any]) -> str:
    """The type of a field, in words; objects by the name of their table."""
    if "$ref" in what:
        name = what["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in what:
        return " or ".join(map(kind, what["anyOf"]))
    if "enum" in what:
        return ", ".join(f"`{value}`" for value in what["enum"])
    if "const" in what:
        return f"`{json.dumps(what['const'])}`"
    if isinstance(what["type"], list):
        return " or ".join(kind({**what, "type": name}) for name in what["type"])
    if what["type"] == "array":
        return f"array of {kind(what['items'])}"
    if what["type"] == "object":
        return f"object, by name: {kind(what['additionalProperties'])}"
    return str(what["type"])


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    start, stop = section(page, "fields")
    PAGE.write_text(page[:start] + fields() + page[stop:], encoding="utf-8")
    for file, text in schema_files().items():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
