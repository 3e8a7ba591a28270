"""Reads the equations of a header: the indented lines of a module's docstring.

Two or more spaces divide a line into cells. A cell `NAME = EXPRESSION` is an equation, one that begins with `+` goes on
with the equation before it, and a first cell that ends with a colon is the condition under which its line holds.
`(dNAME_T instead of ...)` and `(plus dNAME_T at t = T)` add that gradient to the equation before at the last step;
`rows in the blocks i, f` names the blocks of rows; `as in `unit`` takes what a header does not say itself from that of
another unit. Every other cell is a remark.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from tests.headers.expressions import NAME, Tree, UnreadableError, parse_expression

EQUATION = re.compile(rf"(\(?{NAME}(?:, {NAME})*\)?|\w+'?\(\w+\)(?: \w+)?) = (.*)")
DEFINITION = re.compile(r"(\w+'?)\((\w+)\)(?: (\w+))?$")
AT_THE_END = re.compile(r"\((?:plus )?(d\w+_T)\b")
ELSEWHERE = re.compile(r"as in `(\w+)`")
BLOCKS = re.compile(r"rows in the blocks ((?:\w+, )+\w+)")


class Function(NamedTuple):
    arguments: tuple[str, ...]
    value: Tree


class Equation(NamedTuple):
    """`name = value`, to which `at_the_end`, a gradient that arrives at the last state, is added at t = T."""

    name: str
    value: Tree
    at_the_end: str = ""


class Header(NamedTuple):
    """What a header says; `own` are the names of the equations that it gives itself."""

    equations: dict[str, Equation]
    functions: dict[str, Function]
    blocks: tuple[str, ...]
    symbols: dict[str, str]
    own: frozenset[str]


class Line(NamedTuple):
    """An equation as text, before it is parsed."""

    left: str
    right: str
    at_the_end: str = ""


def read_header(docstring: str, conditions: Mapping[str, bool], docstrings: Mapping[str, str]) -> Header:
    """The equations that hold; `conditions` says of each condition of the header whether it does.

    `docstrings` are those of all units by name, to which the header may refer.
    """
    header = read_own_header(docstring, conditions)
    for text in docstring.splitlines():
        for name in ELSEWHERE.findall(text) if text.startswith("    ") else ():
            other = read_header(docstrings[name], conditions, docstrings)
            header = header._replace(
                equations=other.equations | header.equations,
                functions=other.functions | header.functions,
                blocks=header.blocks or other.blocks,
                symbols=other.symbols | header.symbols,
            )
    return header


def read_own_header(docstring: str, conditions: Mapping[str, bool]) -> Header:
    lines = read_lines(docstring, conditions)
    defined = [found for line in lines if (found := DEFINITION.match(line.left))]
    equations: dict[str, Equation] = {}
    functions: dict[str, Function] = {}
    for line in lines:
        for left, value in pair_sides(line, {found[1] for found in defined}):
            definition = DEFINITION.match(left)
            if definition:
                functions[definition[1]] = Function(tuple(filter(None, definition.groups()[1:])), value)
            elif left in equations:
                raise UnreadableError(f"{left} is given twice")
            else:
                equations[left] = Equation(left, value, line.at_the_end)
    found = BLOCKS.search(docstring)
    blocks = tuple(found[1].split(", ")) if found else ()
    return Header(equations, functions, blocks, read_symbols(docstring), frozenset(equations))


def read_lines(docstring: str, conditions: Mapping[str, bool]) -> list[Line]:
    lines: list[Line] = []
    holds = True
    for text in docstring.splitlines():
        if not text.startswith("    "):
            continue
        cells = re.split(r"\s{2,}", re.sub(r"\s+= *", " = ", text.strip()))
        if not cells[0].startswith(("+ ", "(d")):
            holds = not cells[0].endswith(":") or is_met(cells.pop(0)[:-1], conditions)
        for cell in cells if holds else ():
            equation, ending = EQUATION.fullmatch(cell), AT_THE_END.match(cell)
            if equation and equation[1] != "t":
                lines.append(Line(equation[1], equation[2]))
            elif cell.startswith("+ "):
                lines[-1] = lines[-1]._replace(right=f"{lines[-1].right} {cell}")
            elif ending:
                lines[-1] = lines[-1]._replace(at_the_end=ending[1])
    return lines


def is_met(condition: str, conditions: Mapping[str, bool]) -> bool:
    if condition not in conditions:
        raise UnreadableError(f"no option makes {condition!r} hold")
    return conditions[condition]


def pair_sides(line: Line, functions: Collection[str]) -> list[tuple[str, Tree]]:
    """`a = b = c` says c of both; `a, b = c, d` says c of a and d of b; `(a, b) = c` cuts c in two."""
    *more, right = line.right.split(" = ")
    pairs: list[tuple[str, Tree]] = []
    for left in (line.left, *more):
        names = left.strip("()").split(", ") if ", " in left else [left]
        if left.startswith("("):
            whole = parse_expression(right, functions)
            pairs += [(name, Tree("part", (whole, k, len(names)))) for k, name in enumerate(names)]
        else:
            texts = right.split(", ") if len(names) > 1 else [right]
            pairs += [(n, parse_expression(text, functions)) for n, text in zip(names, texts, strict=True)]
    return pairs


def read_symbols(docstring: str) -> dict[str, str]:
    """The names that the text gives to arguments: `W_hx (H, I) is `weight_ih``, `nu and theta (H) are `a` and `b``."""
    text = re.sub(r"\s+", " ", docstring)
    symbols = dict(re.findall(r"(\w+)(?: \([^)]*\))? is `(\w+)`", text))
    for names, arguments in re.findall(r"((?:\w+, )*\w+ and \w+)(?: \([^)]*\))? are ((?:`\w+`(?:, | and )?)+)", text):
        symbols |= dict(zip(re.split(", | and ", names), re.findall(r"`(\w+)`", arguments), strict=True))
    return symbols
