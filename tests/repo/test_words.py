"""Names that were retired are used nowhere: the reader meets one word for one thing."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RETIRED = {"rung": "check", "teeth": "mutation", "blame": "diagnosis", "mend": "patch"}
"""Each retired word, and the one that took its place."""
EXEMPT = {"CHANGELOG.md", "docs/zoo.json", Path(__file__).relative_to(ROOT).as_posix()}
"""The changelog says what was renamed, and the record of the zoo quotes other people's code."""
NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""A word of prose, or of a name in snake case, camel case or capitals."""


def find_retired_words(text):
    return {part.lower() for part in NAME_PART.findall(text)} & RETIRED.keys()


def list_tracked_files():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and name not in EXEMPT]


def test_no_tracked_file_uses_a_retired_word():
    names = list_tracked_files()
    assert "README.md" in names
    texts = {name: f"{name}\n{(ROOT / name).read_text(encoding='utf-8', errors='ignore')}" for name in names}
    assert {name: found for name, text in texts.items() if (found := find_retired_words(text))} == {}


def test_a_retired_word_is_found_in_prose_and_in_names():
    assert find_retired_words("We blame the unit.") == {"blame"}
    assert find_retired_words("first_rung = NextRung()") == {"rung"}
    assert find_retired_words("tests/harness/teeth/test_x.py: MEND_IT") == {"teeth", "mend"}
    assert find_retired_words("a wrong recommendation, amended and recommended") == set()
