"""What the report draws, as positions and texts: the template makes SVG of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ...checks.finding import times
from ...diagnosis.blocks import Block
from ...diagnosis.error_map import Table
from ...diagnosis.map_text import SIGNS, draw
from ...diagnosis.wording import span
from .words import ratio

CELL = 18
GAP = 10
LETTER = 7
BAR = 8
HEIGHT = 28
MEANINGS = {
    "right": "right",
    "wrong": "wrong",
    "missing": "missing from the backward",
    "spurious": "only in the backward",
    "mixed": "wrong at some steps",
    "zero": "nothing on either side",
}


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Square:
    """A cell of a map: not told by its colour alone, for it holds a sign and has a title."""

    x: float
    y: float
    kind: str
    title: str

    @property
    def sign(self) -> str:
        return {**SIGNS, "mixed": "~", "wrong": "×", "missing": "−", "zero": "·"}[self.kind]


@dataclass(frozen=True)
class HeatMap:
    """A map of right and wrong; `title` and `text` say the same in words."""

    width: float
    height: float
    rows: Sequence[Text]
    groups: Sequence[Text]
    marks: Sequence[Text]
    cells: Sequence[Square]
    title: str
    text: str

    @property
    def kinds(self) -> dict[str, tuple[str, str]]:
        """The kinds that it shows, each with its sign and meaning."""
        shown = {cell.kind: cell.sign for cell in self.cells}
        return {kind: (shown[kind], meaning) for kind, meaning in MEANINGS.items() if kind in shown}


def grid(
    rows: list[str], groups: list[tuple[str, list[str]]], kinds: list[list[str]], title: str, text: str
) -> HeatMap:
    """Rows of cells in groups of columns; each group is as wide as its name asks."""
    left = LETTER * max(map(len, rows), default=0) + GAP
    top = 2 * CELL
    xs, names, marks, columns, x = list[float](), list[Text](), list[Text](), list[str](), float(left)
    for name, labels in groups:
        names.append(Text(x, CELL - 6, name))
        for k, label in enumerate(labels):
            xs.append(x + k * CELL)
            marks.append(Text(xs[-1] + CELL / 2, top - 5, short(label)))
            columns.append(f"{name}[{label}]" if label else name)
        x += max(CELL * len(labels), LETTER * len(name)) + GAP
    cells = [
        Square(xs[j], top + i * CELL, kind, f"{columns[j]} from {rows[i]}: {MEANINGS[kind]}")
        for i, line in enumerate(kinds)
        for j, kind in enumerate(line)
    ]
    sides = [Text(left - GAP / 2, top + (i + 0.5) * CELL, row) for i, row in enumerate(rows)]
    return HeatMap(x, top + CELL * len(rows) + 2, sides, names, marks, cells, title, text)


def short(label: str) -> str:
    """What there is room for above a cell: two characters, of a step the last digits."""
    return label[-2:] if label.isdigit() else label[:2]


def heat_map(found: Mapping[str, Any]) -> HeatMap:
    """The map of a blame: a row for each block of the upstream gradients, a column for each of the gradients."""
    rows, columns = ([block(b) for b in found[side]] for side in ("rows", "columns"))
    table = Table(tuple(rows), tuple(columns), tuple(map(tuple, found["cells"])), found["arithmetic"])
    groups = [(f"d{name}", [b.label for b in of]) for name, of in groupby(columns, lambda b: b.name)]
    wrong = sum(kind not in ("right", "zero") for line in table.cells for kind in line)
    total = sum(kind != "zero" for line in table.cells for kind in line)
    names = [f"{b.name}[{b.label}]" if b.label else b.name for b in rows]
    cells = [list(map(str, line)) for line in table.cells]
    title = f"Map of right and wrong: {wrong} of {total} blocks are wrong"
    return grid(names, groups, cells, title, draw(table))


def block(written: Mapping[str, str]) -> Block:
    label = written["block"]
    return Block(written["name"], 0, 0, 0, label, int(label) if label.isdigit() else None)


def lag_map(lags: Mapping[str, Mapping[Any, str]]) -> HeatMap:
    """Which lags t-s are wrong: a row for each output, a column for each lag."""
    numbers = sorted({int(lag) for of in lags.values() for lag in of})
    by_lag = {output: {int(lag): kind for lag, kind in of.items()} for output, of in lags.items()}
    cells = [[of.get(lag, "zero") for lag in numbers] for of in by_lag.values()]
    text = "\n".join(f"{output}: {said(of)}" for output, of in by_lag.items())
    return grid([*by_lag], [("t−s", [str(lag) for lag in numbers])], cells, "Lags t−s from output to input", text)


def said(lags: Mapping[int, str]) -> str:
    """`wrong at 1 to 3; right at 0`"""
    kinds = {kind: sorted(lag for lag, k in lags.items() if k == kind) for kind in dict.fromkeys(lags.values())}
    return "; ".join(f"{MEANINGS[kind]} at lag {span(of)}" for kind, of in kinds.items())


@dataclass(frozen=True)
class Bar:
    x: float
    height: float
    over: bool
    title: str


@dataclass(frozen=True)
class Bars:
    """Error over tolerance by time step: the full height is the tolerance, or more."""

    width: float
    bars: Sequence[Bar]
    title: str


def bars(steps: Iterable[float | None]) -> Bars:
    ratios = [ratio(step) for step in steps]
    drawn = [
        Bar(BAR * t, max(1.0, HEIGHT * min(r, 1.0)) if r else 0.0, r > 1, f"t = {t}: {times(r)}")
        for t, r in enumerate(ratios)
    ]
    return Bars(BAR * len(ratios), drawn, "; ".join(bar.title for bar in drawn))
