"""What README and the pages that it sends to say of the project is what the project is."""

import re
from pathlib import Path

import gradcheck
from gradcheck.checks import CHECK_NAMES
from tests.docs import units

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_sample_lists_every_unit():
    lines = units.sample()
    names = [line.split()[0] for line in lines[1 : lines.index("")]]
    assert names == [pair.name for pair in gradcheck.discover(ROOT)]


def test_the_readme_shows_the_beginning_of_the_sample():
    assert units.fenced(units.README) == units.excerpt(units.sample())


def test_every_check_is_explained():
    page = (ROOT / "docs" / "failures.md").read_text()
    table = page[page.index("| check |") :].split("\n\n")[0]
    assert re.findall(r"^\| ([a-z ]+) \|", table, re.MULTILINE)[1:] == list(CHECK_NAMES)


def test_the_commands_of_the_makefile_are_those_of_the_readme():
    makefile = (ROOT / "Makefile").read_text()
    for target in ("verify", "test"):
        assert f"    make {target}\n" in README
        assert re.search(rf"^{target}: ", makefile, re.MULTILINE)
