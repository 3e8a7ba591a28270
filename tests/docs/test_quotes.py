"""What the derivations quote of the code stands there, they show no other code, and have one notation."""

import re
from pathlib import Path

import pytest

from tests.docs.quotes import find_quotes, list_loose_code, list_wrong_quotes

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "derivations").glob("*.md"))
DERIVED = ("rnn", "lstm", "truncation", "gru", "attention", "gated_and_linear", "linear_rnn")
PAGE = """
<!-- quote manual/recurrent/rnn.py -->
| equation | code |
|---|---|
| $`h_t = \\varphi(z_t)`$ | `h = phi(z)` |
| both | `z = gates_x + hidden(state[0])`, `h = phi(z)` |

<!-- quote manual/recurrent/rnn.py -->
```python
def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
    dz = dstate[0] * derivative(z, h)
```
```python
# manual/mine.py
answer = 1
```
"""
PLANTED = {
    "a letter": ("| `h = phi(z)` |", "| `h = psi(z)` |"),
    "a part of a line": ("| `h = phi(z)` |", "| `h = phi` |"),
    "a line that is left out": ("    dz = dstate[0]", "    return dz, (hidden_vjp(dz),)\n    dz = dstate[0]"),
    "an indent": ("    dz = dstate", "        dz = dstate"),
    "another file": ("<!-- quote manual/recurrent/rnn.py -->\n|", "<!-- quote manual/recurrent/gru.py -->\n|"),
    "a line between": ("-->\n|", "-->\n\n|"),
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_quote_stands_in_its_file(page):
    assert list_wrong_quotes(page.read_text(encoding="utf-8")) == []
    assert list_loose_code(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", DERIVED)
def test_a_derivation_shows_its_graph_its_code_and_an_exercise(name):
    page = (ROOT / "docs" / "derivations" / f"{name}.md").read_text(encoding="utf-8")
    assert [*find_quotes(page)]
    if name != "linear_rnn":
        assert "](../figures/" in page
        assert " --exercise " in page
        assert "\n## Exercise\n" in page


def test_every_derivation_has_the_one_notation():
    """It sends to the page of symbols, and does not use what others write for the same."""
    pages = {page.stem: page.read_text(encoding="utf-8") for page in PAGES if page.stem != "notation"}
    assert [name for name, text in pages.items() if "](notation.md)" not in text] == []
    others = re.compile(r"\\(odot|hat|widehat|phi|delta|nabla)\b")
    assert {name: found for name, text in pages.items() if (found := others.findall(text))} == {}


def test_a_page_of_right_quotes_is_right():
    assert list_wrong_quotes(PAGE) == list_loose_code(PAGE) == []
    assert [len(quote.passages) for quote in find_quotes(PAGE)] == [3, 1]


@pytest.mark.parametrize("planted", PLANTED)
def test_a_wrong_quote_is_found(planted):
    old, new = PLANTED[planted]
    assert PAGE.count(old) == 1
    assert list_wrong_quotes(PAGE.replace(old, new))


def test_code_that_is_no_quote_is_found():
    assert list_loose_code(PAGE.replace("# manual/mine.py\n", "")) == ["answer = 1\n"]
