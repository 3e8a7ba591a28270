"""The reference pages are what the code gives, every public name says something, and every help has an example."""

import importlib
import shlex

import pytest

import gradcheck
from gradcheck.judges import tolerance
from tests.docs import reference
from tests.docs.commands import problem


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_page_is_what_the_code_gives(name):
    assert (reference.FOLDER / name).read_text(encoding="utf-8") == reference.PAGES[name]()


def test_a_docstring_that_changes_is_a_page_that_changes(monkeypatch):
    before = reference.api()
    monkeypatch.setattr(reference.ast, "get_docstring", lambda node: "" if node.name == "check" else "What it does.")
    assert reference.api() != before


@pytest.mark.parametrize("module", reference.MODULES)
def test_every_public_name_has_a_docstring(module):
    loaded = importlib.import_module(module)
    assert [name for name in loaded.__all__ if len(reference.entry(loaded, name).split("\n```\n")) < 2] == []


@pytest.mark.parametrize("command", ["", *reference.commands()])
def test_every_help_shows_an_example_that_exists(command):
    text = " ".join(reference.printed_help(*command.split()).split())
    assert f"Example: gradcheck {command}" in text
    example = text.partition("Example: ")[2].partition(" Options:")[0].partition(" Arguments:")[0]
    assert problem(example) == ""
    assert "--help" not in shlex.split(example)


def test_a_signature_is_shown_as_it_is_written():
    shown = reference.entry(gradcheck, "Case")
    assert (
        "@dataclass(frozen=True, repr=False)\nclass Case:\n    sizes: Mapping[str, int]\n    seed: int = 0\n" in shown
    )
    assert "```text\nsizes      of each letter" in shown


def test_the_page_on_tolerances_has_the_numbers_of_the_code():
    page = (reference.FOLDER.parent / "tolerances.md").read_text(encoding="utf-8")
    assert r"8 \cdot \frac{u}{2^{-23}}\, e \; + \; 16 \cdot u \cdot" in page
    for dtype, unit in (("float64", 2.0**-52), ("float32", 2.0**-23)):
        assert tolerance.SAFETY_FACTOR[dtype] == 8 * unit / 2.0**-23
        assert tolerance.ROUNDING_UNIT[dtype] == 16 * unit
    assert "`e` reaches $`2^{-6}`$" in page
    assert tolerance.MAX_ROUNDING_SHARE == 2.0**-6
    assert "(a probability of $`10^{-12}`$)" in page
    assert tolerance.LUCK_PROBABILITY == 1e-12
