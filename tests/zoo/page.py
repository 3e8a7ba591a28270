"""Writes the tables of docs/zoo.md from docs/zoo.json, the JSON of `gradcheck zoo`:  python -m tests.zoo.page"""

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
RECORD, PAGE = DOCS / "zoo.json", DOCS / "zoo.md"
MARKS = {True: "yes", False: "", None: "n/a"}
TABLES = ("totals", "kills", "defects")


def totals(record: dict[str, Any]) -> str:
    units = len(record["units"])
    rows = [
        (d["name"], d["what"], f"{d['caught']} of {d['of']}", f"{len(d['false_alarms'])} of {units}")
        for d in record["designs"]
    ]
    return table(("design", "what it does", "caught", "false alarms"), rows)


def kills(record: dict[str, Any]) -> str:
    names = [d["name"] for d in record["designs"]]
    return table(("defect", *names), [(d["name"], *(MARKS[d["caught"][n]] for n in names)) for d in record["defects"]])


def defects(record: dict[str, Any]) -> str:
    rows = [
        (d["name"], d["source"], d["wrong"], d["needs"], seen(d), f"`{d['smallest']}`", ", ".join(d["over"]))
        for d in record["defects"]
    ]
    return table(("defect", "seen in", "what is wrong", "what a test needs", "rung", "smallest case", "over"), rows)


def seen(defect: dict[str, Any]) -> str:
    return defect["rung"] if defect["verdict"] == "wrong" else f"{defect['rung']}: {defect['verdict']}"


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


def section(page: str, name: str) -> tuple[int, int]:
    """Where the table of that name stands."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
    return page.index(begin) + len(begin), page.index(end)


def main() -> None:
    record, page = json.loads(RECORD.read_text(encoding="utf-8")), PAGE.read_text(encoding="utf-8")
    for name in TABLES:
        start, stop = section(page, name)
        page = page[:start] + globals()[name](record) + page[stop:]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
