"""Runs the transcripts of pages and writes what is printed into them:  python -m tests.docs.page docs/PAGE.md

With --check it only compares, and exits with 1 where a page shows what is not printed.
"""

import argparse
import difflib
import sys
import tempfile
from pathlib import Path

from tests.docs.transcript import Played, normal, play


def replay(page: str) -> list[Played]:
    with tempfile.TemporaryDirectory() as folder:
        return play(page, Path(folder).resolve())


def differences(page: str) -> str:
    """What the page shows against what is printed, as a diff a command; empty where they agree."""
    return "\n".join(difference(played) for played in replay(page) if not played.good)


def difference(played: Played) -> str:
    shown, printed = (normal(text).splitlines() for text in (played.entry.shown, played.printed))
    lines = difflib.unified_diff(shown, printed, "shown", "printed", lineterm="")
    return "\n".join([f"$ {played.entry.command}", *lines, ""])


def rewritten(page: str) -> str:
    """The page with what is printed in the place of what it shows, where more differs than what varies."""
    for played in reversed(replay(page)):
        entry = played.entry
        if not played.good:
            page = page[: entry.start] + (f"{played.printed}\n" if played.printed else "") + page[entry.stop :]
    return page


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.docs.page", description="Run the transcripts of pages.")
    parser.add_argument("pages", nargs="+", type=Path, metavar="PAGE.md")
    parser.add_argument("--check", action="store_true", help="compare, and change nothing")
    asked = parser.parse_args()
    wrong = False
    for path in asked.pages:
        page = path.read_text(encoding="utf-8")
        if asked.check:
            found = differences(page)
            wrong = wrong or bool(found)
            print(f"{path}\n{found}" if found else f"{path}: right")
        elif (new := rewritten(page)) != page:
            path.write_text(new, encoding="utf-8")
            print(f"{path}: written")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
