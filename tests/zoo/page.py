"""Writes the tables of docs/zoo.md and README.md from docs/zoo.json:  python -m tests.zoo.page"""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RECORD, PAGE, README = ROOT / "docs" / "zoo.json", ROOT / "docs" / "zoo.md", ROOT / "README.md"
MARKS = {True: "yes", False: "", None: "n/a"}
TABLES = {"totals": PAGE, "kills": PAGE, "defects": PAGE, "diagnoses": PAGE, "summary": README}


def totals(record: dict[str, Any]) -> str:
    return table(("design", "what it does", "caught", "false alarms"), counted(record))


def summary(record: dict[str, Any]) -> str:
    rows = [(f"{name}: {what}", caught, alarms) for name, what, caught, alarms in counted(record)]
    return table(("design", "bugs caught", "right units called wrong"), rows)


def counted(record: dict[str, Any]) -> list[tuple[str, ...]]:
    units = len(record["units"])
    return [
        (d["name"], d["what"], f"{d['caught']} of {d['of']}", f"{len(d['false_alarms'])} of {units}")
        for d in record["designs"]
    ]


def kills(record: dict[str, Any]) -> str:
    names = [d["name"] for d in record["designs"]]
    return table(
        ("defect", *names), [(d["defect"]["name"], *(MARKS[d["caught"][n]] for n in names)) for d in record["defects"]]
    )


def defects(record: dict[str, Any]) -> str:
    rows = [
        (*d["defect"].values(), seen(d), f"`{d['report']['smallest']}`", ", ".join(d["above_tolerance"]))
        for d in record["defects"]
    ]
    return table(
        ("defect", "seen in", "what is wrong", "what a test needs", "check", "smallest case", "above tolerance"), rows
    )


def diagnoses(record: dict[str, Any]) -> str:
    found = [(d["defect"]["name"], *d["diagnosis"].values()) for d in record["defects"] if d["diagnosis"]]
    rows = [row for row in found if any(row[1:])]
    return table(("defect", "diagnosis", "looks like"), rows)


def seen(defect: dict[str, Any]) -> str:
    check, verdict = defect["check"], defect["report"]["verdict"]
    return check if verdict == "wrong" else f"{check}: {verdict}"


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


def section(page: str, name: str) -> tuple[int, int]:
    """Where the table of that name stands."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
    return page.index(begin) + len(begin), page.index(end)


def main() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    for name, path in TABLES.items():
        page = path.read_text(encoding="utf-8")
        start, stop = section(page, name)
        path.write_text(page[:start] + globals()[name](record) + page[stop:], encoding="utf-8")


if __name__ == "__main__":
    main()
