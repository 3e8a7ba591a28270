"""The charts of the report, as positions and texts, which the template turns into SVG."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ...checks.failure import format_error_ratio
from ...diagnosis.blocks import ArrayBlock
from ...diagnosis.error_map import ErrorMap
from ...diagnosis.map_text import CELL_SIGNS, format_error_map
from ...diagnosis.wording import format_ranges
from .words import parse_ratio

CELL_SIZE = 18
GROUP_GAP = 10
LETTER_WIDTH = 7
BAR_WIDTH = 8
BAR_HEIGHT = 28
CELL_MEANINGS = {
    "right": "right",
    "wrong": "wrong",
    "missing": "missing from the backward",
    "spurious": "only in the backward",
    "mixed": "wrong at some steps",
    "zero": "nothing on either side",
}


@dataclass(frozen=True)
class ChartText:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class MapCell:
    """A cell of a map; besides its colour it has a sign and a title."""

    x: float
    y: float
    kind: str
    title: str

    @property
    def sign(self) -> str:
        return {**CELL_SIGNS, "mixed": "~", "wrong": "×", "missing": "−", "zero": "·"}[self.kind]


@dataclass(frozen=True)
class HeatMap:
    """A map of right and wrong; `title` and `text` say the same in words."""

    width: float
    height: float
    rows: Sequence[ChartText]
    groups: Sequence[ChartText]
    marks: Sequence[ChartText]
    cells: Sequence[MapCell]
    title: str
    text: str

    @property
    def kinds(self) -> dict[str, tuple[str, str]]:
        """The kinds of cells in the map, each with its sign and meaning."""
        shown = {cell.kind: cell.sign for cell in self.cells}
        return {kind: (shown[kind], meaning) for kind, meaning in CELL_MEANINGS.items() if kind in shown}


def layout_grid(
    rows: list[str], groups: list[tuple[str, list[str]]], kinds: list[list[str]], title: str, text: str
) -> HeatMap:
    """Lay out rows of cells in groups of columns; each group is as wide as its name requires."""
    left = LETTER_WIDTH * max(map(len, rows), default=0) + GROUP_GAP
    top = 2 * CELL_SIZE
    xs, names, marks, columns, x = list[float](), list[ChartText](), list[ChartText](), list[str](), float(left)
    for name, labels in groups:
        names.append(ChartText(x, CELL_SIZE - 6, name))
        for k, label in enumerate(labels):
            xs.append(x + k * CELL_SIZE)
            marks.append(ChartText(xs[-1] + CELL_SIZE / 2, top - 5, shorten_label(label)))
            columns.append(f"{name}[{label}]" if label else name)
        x += max(CELL_SIZE * len(labels), LETTER_WIDTH * len(name)) + GROUP_GAP
    cells = [
        MapCell(xs[j], top + i * CELL_SIZE, kind, f"{columns[j]} from {rows[i]}: {CELL_MEANINGS[kind]}")
        for i, line in enumerate(kinds)
        for j, kind in enumerate(line)
    ]
    sides = [ChartText(left - GROUP_GAP / 2, top + (i + 0.5) * CELL_SIZE, row) for i, row in enumerate(rows)]
    return HeatMap(x, top + CELL_SIZE * len(rows) + 2, sides, names, marks, cells, title, text)


def shorten_label(label: str) -> str:
    """Shorten a label to two characters, for which there is room above a cell; of a step, its last digits."""
    return label[-2:] if label.isdigit() else label[:2]


def draw_heat_map(found: Mapping[str, Any]) -> HeatMap:
    """Draw the map of a diagnosis: a row for each block of the upstream gradients, a column for each gradient's."""
    rows, columns = ([format_block(b) for b in found[side]] for side in ("rows", "columns"))
    table = ErrorMap(tuple(rows), tuple(columns), tuple(map(tuple, found["cells"])), found["arithmetic"])
    groups = [(f"d{name}", [b.label for b in of]) for name, of in groupby(columns, lambda b: b.name)]
    wrong = sum(kind not in ("right", "zero") for line in table.cells for kind in line)
    total = sum(kind != "zero" for line in table.cells for kind in line)
    names = [f"{b.name}[{b.label}]" if b.label else b.name for b in rows]
    cells = [list(map(str, line)) for line in table.cells]
    title = f"Map of right and wrong: {wrong} of {total} blocks are wrong"
    return layout_grid(names, groups, cells, title, format_error_map(table))


def format_block(written: Mapping[str, str]) -> ArrayBlock:
    label = written["block"]
    return ArrayBlock(written["name"], 0, 0, 0, label, int(label) if label.isdigit() else None)


def draw_lag_map(lags: Mapping[str, Mapping[Any, str]]) -> HeatMap:
    """Draw which lags t-s are wrong: a row for each output, a column for each lag."""
    numbers = sorted({int(lag) for of in lags.values() for lag in of})
    by_lag = {output: {int(lag): kind for lag, kind in of.items()} for output, of in lags.items()}
    cells = [[of.get(lag, "zero") for lag in numbers] for of in by_lag.values()]
    text = "\n".join(f"{output}: {describe_lag_map(of)}" for output, of in by_lag.items())
    return layout_grid(
        [*by_lag], [("t−s", [str(lag) for lag in numbers])], cells, "Lags t−s from output to input", text
    )


def describe_lag_map(lags: Mapping[int, str]) -> str:
    """Describe lags in words: Describe lags in words: `wrong at 1 to 3; right at 0`.."""
    kinds = {kind: sorted(lag for lag, k in lags.items() if k == kind) for kind in dict.fromkeys(lags.values())}
    return "; ".join(f"{CELL_MEANINGS[kind]} at lag {format_ranges(of)}" for kind, of in kinds.items())


@dataclass(frozen=True)
class RatioBar:
    x: float
    height: float
    over: bool
    title: str


@dataclass(frozen=True)
class RatioChart:
    """Error over tolerance by time step: the full height is the tolerance, or more."""

    width: float
    bars: Sequence[RatioBar]
    title: str


def draw_ratio_chart(steps: Iterable[float | None]) -> RatioChart:
    ratios = [parse_ratio(step) for step in steps]
    drawn = [
        RatioBar(
            BAR_WIDTH * t, max(1.0, BAR_HEIGHT * min(r, 1.0)) if r else 0.0, r > 1, f"t = {t}: {format_error_ratio(r)}"
        )
        for t, r in enumerate(ratios)
    ]
    return RatioChart(BAR_WIDTH * len(ratios), drawn, "; ".join(bar.title for bar in drawn))
