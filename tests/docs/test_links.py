"""Every relative link of a page leads to a file that is there, and every page stands in the index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
PAGES = [*ROOT.glob("*.md"), *sorted(DOCS.rglob("*.md"))]


def dead(page: Path, text: str) -> list[str]:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", CODE.sub("code", text))
    return [link for link in links if "://" not in link and not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    assert dead(page, page.read_text(encoding="utf-8")) == []


def test_a_dead_link_is_found():
    text = "[a](exact.md) [b](exacct.md) [c](json.md#unit) [d](https://example.org) [e](../docs/no.md#x)"
    assert dead(DOCS / "README.md", text) == ["exacct.md", "../docs/no.md"]


def test_code_has_no_links():
    assert dead(DOCS / "README.md", "```python\nsteps[t](state, 1)\n```\n`steps[t](state)` [`a`](no.md)") == ["no.md"]


def test_every_page_stands_in_the_index():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [p.relative_to(DOCS) for p in DOCS.rglob("*.md") if p.name != "README.md"]
    assert [str(p) for p in pages if f"]({p})" not in index and p.parts[0] != "derivations"] == []
