"""The equations of docs/ are written as GitHub renders them, and every unit and every disagreement has its page."""

import re
from pathlib import Path

import pytest

import gradcheck

ROOT = Path(__file__).resolve().parents[2]
DERIVATIONS = sorted((ROOT / "docs" / "derivations").glob("*.md"))
PAGES = [*DERIVATIONS, ROOT / "docs" / "misprints.md"]
REFUSED = {"operatorname", "mbox", "phantom", "hphantom", "vphantom", "def", "newcommand", "require", "href"}
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"\$`([^`]*)`\$")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def prose(page):
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def formulas(page):
    blocks = [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == "math"]
    return [*blocks, *INLINE.findall(prose(page))]


@each_page
def test_inline_formulas_stand_in_backticks(page):
    """Between bare dollars Markdown takes the backslash from `\\,` and `\\{`, and stars and brackets for its own."""
    assert "$" not in re.sub(r"`[^`]*`", "", INLINE.sub("", prose(page)))
    assert not re.findall(r"\w\$`|`\$\w", prose(page))


@each_page
def test_formulas_close_what_they_open_and_use_no_macro_that_github_refuses(page):
    assert formulas(page)
    for formula in formulas(page):
        assert formula.strip()
        bare = re.sub(r"\\[{}\\]", "", formula)
        assert bare.count("{") == bare.count("}"), formula
        assert len(re.findall(r"\\left\b", formula)) == len(re.findall(r"\\right\b", formula)), formula
        assert re.findall(r"\\begin\{(\w+)\}", formula) == re.findall(r"\\end\{(\w+)\}", formula), formula
        assert not REFUSED & set(re.findall(r"\\([a-zA-Z]+)", formula)), formula


@each_page
def test_no_formula_breaks_the_row_of_a_table(page):
    for line in prose(page).splitlines():
        if line.startswith("|"):
            assert not any("|" in formula for formula in INLINE.findall(line)), line


@pytest.mark.parametrize("page", DERIVATIONS, ids=lambda page: page.stem)
def test_a_page_tells_where_print_disagrees_and_names_its_sources(page):
    text = page.read_text(encoding="utf-8")
    assert re.search(r"[Ii]n print|Where print disagrees|Where the literature disagrees|Print calls", text)
    assert re.search(r"^Source: |^## Sources", text, re.MULTILINE)


def test_every_unit_has_a_page():
    pages = " ".join(page.read_text(encoding="utf-8") for page in DERIVATIONS)
    names = [pair.name for pair in gradcheck.discover(ROOT)]
    assert [name for name in names if not re.search(rf"\b{name}\b", pages)] == []
