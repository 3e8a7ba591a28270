"""The table of right and wrong as text: a character a cell, an input a group of columns."""

from itertools import groupby

from .error_map import Table

SIGNS = {"right": "=", "zero": ".", "wrong": "x", "missing": "-", "spurious": "+"}
LEGEND = "= right   x wrong   - missing   + only in backward   . nothing on either side"
WIDEST = 100


def draw(table: Table) -> str:
    """Rows are upstream gradients, columns gradients; each group of columns is cut by step or by gate.

    Gates are named by their first letter.  Groups that do not fit the width go below.
    """
    groups = [[*members] for _, members in groupby(range(len(table.columns)), lambda k: table.columns[k].name)]
    names = [f"{r.name}[{r.label}]" if r.label else r.name for r in table.rows]
    margin = max(map(len, names), default=0) + 3
    result: list[str] = []
    for shelf in shelves(table, groups, WIDEST - margin):
        widths = [max(len(group), len(heading(table, group))) for group in shelf]
        lines = [[heading(table, group) for group in shelf], [marks(table, group) for group in shelf]]
        lines += [["".join(SIGNS[line[k]] for k in group) for group in shelf] for line in table.cells]
        for name, cells in zip(["", "", *names], lines, strict=True):
            padded = [f"{c:<{w}}" for c, w in zip(cells, widths, strict=True)]
            result.append(f"{name:<{margin}}{'  '.join(padded)}".rstrip())
    return "\n".join([*result, LEGEND])


def heading(table: Table, group: list[int]) -> str:
    return f"d{table.columns[group[0]].name}"


def marks(table: Table, group: list[int]) -> str:
    """The last digit of each step, the first letter of each gate."""
    blocks = [table.columns[k] for k in group]
    return "".join(b.label[-1] if b.step is not None and b.label else b.label[:1] or " " for b in blocks)


def shelves(table: Table, groups: list[list[int]], width: int) -> list[list[list[int]]]:
    """The groups in lines of at most this width."""
    result: list[list[list[int]]] = [[]]
    used = 0
    for group in groups:
        size = max(len(group), len(heading(table, group))) + 2
        if used + size > width and result[-1]:
            result.append([])
            used = 0
        result[-1].append(group)
        used += size
    return result
