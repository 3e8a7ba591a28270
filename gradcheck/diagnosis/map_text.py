"""The error map as text: one character for each cell, one group of columns for each input."""

from itertools import groupby

from .error_map import ErrorMap

CELL_SIGNS = {"right": "=", "zero": ".", "wrong": "x", "missing": "-", "spurious": "+"}
MAP_LEGEND = "= right   x wrong   - missing   + only in backward   . nothing on either side"
MAX_MAP_WIDTH = 100


def format_error_map(table: ErrorMap) -> str:
    """Format the map: rows are upstream gradients, groups of columns are gradients, cut by step or by gate.

    Gates are named by their first letter.  Groups that do not fit the width go below the others.
    """
    groups = [[*members] for _, members in groupby(range(len(table.columns)), lambda k: table.columns[k].name)]
    names = [f"{r.name}[{r.label}]" if r.label else r.name for r in table.rows]
    margin = max(map(len, names), default=0) + 3
    result: list[str] = []
    for shelf in wrap_groups(table, groups, MAX_MAP_WIDTH - margin):
        widths = [max(len(group), len(format_group_heading(table, group))) for group in shelf]
        lines = [
            [format_group_heading(table, group) for group in shelf],
            [format_block_marks(table, group) for group in shelf],
        ]
        lines += [["".join(CELL_SIGNS[line[k]] for k in group) for group in shelf] for line in table.cells]
        for name, cells in zip(["", "", *names], lines, strict=True):
            padded = [f"{c:<{w}}" for c, w in zip(cells, widths, strict=True)]
            result.append(f"{name:<{margin}}{'  '.join(padded)}".rstrip())
    return "\n".join([*result, MAP_LEGEND])


def format_group_heading(table: ErrorMap, group: list[int]) -> str:
    return f"d{table.columns[group[0]].name}"


def format_block_marks(table: ErrorMap, group: list[int]) -> str:
    """Format the labels of a group: the last digit of each step, the first letter of each gate."""
    blocks = [table.columns[k] for k in group]
    return "".join(b.label[-1] if b.step is not None and b.label else b.label[:1] or " " for b in blocks)


def wrap_groups(table: ErrorMap, groups: list[list[int]], width: int) -> list[list[list[int]]]:
    """Arrange the groups in lines of at most this width."""
    result: list[list[list[int]]] = [[]]
    used = 0
    for group in groups:
        size = max(len(group), len(format_group_heading(table, group))) + 2
        if used + size > width and result[-1]:
            result.append([])
            used = 0
        result[-1].append(group)
        used += size
    return result
