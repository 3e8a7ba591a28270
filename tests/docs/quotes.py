"""Finds what a page quotes of a file, and says what of it does not stand there.

`<!-- quote PATH -->` is on the line before a quote: a block of Python, whose lines stand in the file in a row,
or a table whose last column holds code, each entry a whole line of the file.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
QUOTE = re.compile(r"^<!-- quote (\S+) -->\n(?:```python\n(.*?)^```$|((?:\|[^\n]*\n)+))", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^<!-- quote ", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Quote(NamedTuple):
    """The path of the file as the page gives it, and each passage: lines that stand there one after the other."""

    path: str
    passages: tuple[str, ...]


def find_quotes(page: str) -> Iterator[Quote]:
    for path, block, table in QUOTE.findall(page):
        if block:
            yield Quote(path, (dedent(block).rstrip("\n"),))
        else:
            cells = [row.rstrip(" |").rpartition("|")[2] for row in table.splitlines()[2:]]
            yield Quote(path, tuple(code for cell in cells for code in CODE.findall(cell)))


def list_wrong_quotes(page: str) -> list[str]:
    """The passages that their file does not hold, and the quotes that cannot be read."""
    wrong = []
    quotes = [*find_quotes(page)]
    if len(quotes) != len(MARK.findall(page)):
        wrong.append("a quote is neither a block of Python nor a table on the next line")
    for path, passages in quotes:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        wrong += [f"{path} does not hold: {passage}" for passage in passages if not stands_in(passage, lines)]
    return wrong


def stands_in(passage: str, lines: list[str]) -> bool:
    """Whether the lines of the passage follow one another among `lines`, at whatever indent."""
    length = passage.count("\n") + 1
    windows = (lines[k : k + length] for k in range(len(lines) - length + 1))
    return any(dedent("\n".join(window)).rstrip("\n") == passage for window in windows)


def list_loose_code(page: str) -> list[str]:
    """The blocks of Python that are neither quotes nor files that the page writes."""
    quoted = {block for _, block, _ in QUOTE.findall(page)}
    return [block for block in PYTHON.findall(page) if block not in quoted and not re.match(r"# \S+\.\w+\n", block)]
