"""Writes the verdict on every unit into docs/units.md, its beginning into README:  python -m tests.docs.units"""

import subprocess
import sys
from pathlib import Path

from tests.zoo.page import section

ROOT = Path(__file__).resolve().parents[2]
PAGE, README = ROOT / "docs" / "units.md", ROOT / "README.md"
FIRST = 6
"""Lines of the table that README shows."""


def sample() -> list[str]:
    """The lines of docs/units.md."""
    return fenced(PAGE)


def excerpt(lines: list[str]) -> list[str]:
    return [*lines[:FIRST], "...", lines[-1]]


def fenced(path: Path) -> list[str]:
    """What stands in the section `verdicts` of a page."""
    page = path.read_text(encoding="utf-8")
    start, stop = section(page, "verdicts")
    return page[start:stop].strip().splitlines()[1:-1]


def write(path: Path, lines: list[str]) -> None:
    page = path.read_text(encoding="utf-8")
    start, stop = section(page, "verdicts")
    path.write_text(page[:start] + "\n".join(["```text", *lines, "```"]) + page[stop:], encoding="utf-8")


def main() -> None:
    command = [sys.executable, "-m", "gradcheck", "verify", *sys.argv[1:]]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    lines = done.stdout.strip().splitlines()
    write(PAGE, lines)
    write(README, excerpt(lines))


if __name__ == "__main__":
    main()
