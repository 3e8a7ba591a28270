"""Draws the figures of the documentation as SVG into docs/figures:  python -m tests.docs.figures

Those of the derivations are graphs, drawn here; those of what examples have learned are drawn from their records.

Color never says anything alone: a path of the error is thick and numbered, so that a print in black and white can be
read. A figure follows the color scheme of the reader.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from math import hypot
from pathlib import Path
from typing import Any

from examples.char_rnn_page import PICTURE, draw_picture
from examples.char_rnn_page import RECORD as CHAR_RNN
from examples.memory.page import RECORD as LONG_MEMORY
from examples.memory.pictures import draw_pictures
from tests.docs.graphs import GRAPHS, STRATEGIES, TAU, Box, Edge, Graph, Node, T, Weigh

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "figures"
UNIT, MARGIN, RADIUS = 92, 48, 21
STYLE = """
    .paper { fill: #ffffff } .line, .ring { stroke: #57606a; fill: none } .line { stroke-width: 1.4 }
    .head { fill: #57606a } .path { stroke: #b35900; stroke-width: 3; fill: none } .path-head, .badge { fill: #b35900 }
    .dotted { stroke: #57606a; stroke-width: 1.4; stroke-dasharray: 2 5; fill: none } .ring { stroke-width: 1.4 }
    .state { fill: #ddf4ff } .gate { fill: #f0f0f0 } .input { fill: #ffffff } .loss { fill: #fff8c5 }
    .box { fill: none; stroke: #8c959f; stroke-dasharray: 6 4 } text { fill: #1f2328; text-anchor: middle }
    .symbol { font: italic 17px Georgia, 'Times New Roman', serif } .note { font: 13px Helvetica, Arial, sans-serif }
    .left { text-anchor: start } .number { font: bold 12px Helvetica, Arial, sans-serif; fill: #ffffff }
    .kept { fill: #b35900 } .dropped { fill: none; stroke: #8c959f }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117 } .line, .ring, .dotted { stroke: #9da7b1 } .head { fill: #9da7b1 } text { fill: #e6edf3 }
      .path { stroke: #f0a050 } .path-head, .badge, .kept { fill: #f0a050 } .number { fill: #0d1117 }
      .state { fill: #12314f } .gate { fill: #262c36 } .input { fill: #0d1117 } .loss { fill: #3d3208 }
    }
    @media print {
      .paper, .state, .gate, .input, .loss { fill: #ffffff } .line, .ring, .dotted, .path { stroke: #000000 }
      .head, .path-head, .badge, .kept, text { fill: #000000 } .number { fill: #ffffff }
    }
"""


def format_symbol(symbol: str, x: float, y: float, style: str = "symbol") -> str:
    """A letter, and what stands behind `_` below the line."""
    base, _, sub = symbol.partition("_")
    below = sub.strip("{}").replace("-", "−")
    lowered = f'<tspan dy="5" font-size="12">{escape(below)}</tspan>' if sub else ""
    return f'<text class="{style}" x="{x:.1f}" y="{y + 5:.1f}">{escape(base)}{lowered}</text>'


def place(x: float, y: float) -> tuple[float, float]:
    return x * UNIT, y * UNIT


def draw_node(node: Node) -> Iterator[str]:
    x, y = place(node.x, node.y)
    if node.kind != "text":
        inner = RADIUS - 4
        shapes = {
            "input": f'<rect class="input ring" x="{x - 19:.1f}" y="{y - 19:.1f}" width="38" height="38"/>',
            "gate": f'<rect class="gate ring" x="{x - 21:.1f}" y="{y - 17:.1f}" width="42" height="34" rx="12"/>',
        }
        circle = f'<circle class="{node.kind} ring" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>'
        yield shapes.get(node.kind, circle)
        if node.kind == "loss":
            yield f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{inner}"/>'
    yield format_symbol(node.symbol.strip().replace("...", "…"), x, y)


def draw_edge(edge: Edge, nodes: dict[str, Node]) -> Iterator[str]:
    """The line from rim to rim, its number in a disc, and its label beside the middle."""
    (x0, y0), (x1, y1) = (place(nodes[n].x, nodes[n].y) for n in (edge.tail, edge.head))
    length = hypot(x1 - x0, y1 - y0)
    across = ((y1 - y0) / length, -(x1 - x0) / length)
    control = tuple((a + b) / 2 + edge.bend * UNIT * c for a, b, c in zip((x0, y0), (x1, y1), across, strict=True))
    start, end = cut_short((x0, y0), control, RADIUS + 1), cut_short((x1, y1), control, RADIUS + 9)
    style = "path" if edge.path else "dotted" if edge.dotted else "line"
    marker = "" if edge.dotted else f' marker-end="url(#{"path-head" if edge.path else "head"})"'
    d = f"M{start[0]:.1f} {start[1]:.1f} Q{control[0]:.1f} {control[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
    yield f'<path class="{style}" d="{d}"{marker}/>'
    if edge.label:
        x, y = along(start, control, end, 0.68 if edge.path else 0.5)
        yield format_symbol(edge.label, x + 19 * edge.side * across[0], y + 15 * edge.side * across[1])
    if edge.path:
        x, y = along(start, control, end, 0.4)
        yield f'<circle class="badge" cx="{x:.1f}" cy="{y:.1f}" r="10"/>'
        yield f'<text class="number" x="{x:.1f}" y="{y + 4:.1f}">{edge.path}</text>'


def cut_short(end: tuple[float, float], towards: tuple[float, ...], gap: float) -> tuple[float, float]:
    """The point at a distance of `gap` from an end of a line."""
    dx, dy = towards[0] - end[0], towards[1] - end[1]
    share = gap / hypot(dx, dy)
    return end[0] + share * dx, end[1] + share * dy


def along(start: tuple[float, float], control: tuple[float, ...], end: tuple[float, float], s: float) -> list[float]:
    """The point of a quadratic curve at the share s of its way."""
    return [(1 - s) ** 2 * a + 2 * s * (1 - s) * b + s * s * c for a, b, c in zip(start, control, end, strict=True)]


def draw_box(box: Box) -> Iterator[str]:
    (left, top), (right, bottom) = place(box.left, box.top), place(box.right, box.bottom)
    size = f'width="{right - left:.1f}" height="{bottom - top:.1f}" rx="8"'
    yield f'<rect class="box" x="{left:.1f}" y="{top:.1f}" {size}/>'
    yield f'<text class="note" x="{(left + right) / 2:.1f}" y="{bottom + 18:.1f}">{escape(box.title)}</text>'


def draw_graph(graph: Graph) -> str:
    """The SVG of a graph."""
    nodes = {node.symbol: node for node in graph.nodes}
    parts = [part for box in graph.boxes for part in draw_box(box)]
    parts += [part for edge in graph.edges for part in draw_edge(edge, nodes)]
    parts += [part for node in graph.nodes for part in draw_node(node)]
    left, right = (choose(n.x for n in graph.nodes) * UNIT for choose in (min, max))
    top, bottom = (choose(n.y for n in graph.nodes) * UNIT for choose in (min, max))
    return format_svg(graph.title, graph.notes, parts, (left, top, right, bottom))


def format_svg(title: str, notes: tuple[str, ...], parts: list[str], bounds: tuple[float, float, float, float]) -> str:
    """A whole file: the parts within their bounds, and the notes below them, broken into lines that fit."""
    left, top, right, bottom = (b + sign * MARGIN for b, sign in zip(bounds, (-1, -1, 1, 1), strict=True))
    lines = [line for note in notes for line in wrap(note, int((right - left) / 6.7))]
    rows = [
        f'<text class="note left" x="{left + 12:.1f}" y="{bottom + 14 + 19 * k:.1f}">{escape(line)}</text>'
        for k, line in enumerate(lines)
    ]
    width, height = right - left, bottom - top + 19 * len(lines) + 8
    heads = "".join(
        f'<marker id="{name}" viewBox="0 0 10 10" refX="2" refY="5" markerUnits="userSpaceOnUse" markerWidth="{size}" '
        f'markerHeight="{size}" orient="auto"><path class="{name}" d="M0 0L10 5L0 10z"/></marker>'
        for name, size in (("head", 9), ("path-head", 13))
    )
    frame = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    body = "\n  ".join([f'<rect class="paper" {frame}/>', *parts, *rows])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{left:.1f} {top:.1f} {width:.1f} {height:.1f}">\n  <title>{escape(title)}</title>\n'
        f"  <desc>{escape(' '.join(notes))}</desc>\n  <style>{STYLE}  </style>\n  <defs>{heads}</defs>\n"
        f"  {body}\n</svg>\n"
    )


def wrap(text: str, width: int) -> list[str]:
    lines = re.findall(rf".{{1,{width}}}(?:\s|$)", text)
    return [line.strip() for line in lines]


def draw_truncations() -> str:
    """One row a strategy: the carries that come back from step to step, and the pairs (t, u) whose path is kept."""
    parts: list[str] = []
    for row, (name, weigh) in enumerate(STRATEGIES.items()):
        top = 1.95 * row
        parts.append(f'<text class="note left" x="{-RADIUS:.0f}" y="{UNIT * top - 40:.0f}">{escape(name)}</text>')
        nodes = {f"h_{t}": Node(f"h_{t}", 0.85 * (t - 1), top) for t in range(1, T + 1)}
        if "window" in name:
            parts += draw_windows(top)
        else:
            carries = [
                Edge(
                    f"h_{u + 1}",
                    f"h_{u}",
                    path=str(weigh(u + 1, u)) if weigh(u + 1, u) else "",
                    dotted=not weigh(u + 1, u),
                )
                for u in range(1, T)
            ]
            parts += [part for edge in carries for part in draw_edge(edge, nodes)]
        parts += [part for node in nodes.values() for part in draw_node(node)]
        parts += draw_pairs(weigh, 0.85 * T + 0.5, top - 0.55)
    notes = (
        "Left: the way of the error from step to step, and the factor on it; dotted: cut. A window is cut for each loss"
        " at another place.",
        "Right: the uses u = 1..6 (columns) that a loss at t = 1..6 (rows) reaches, and the weight of that path.",
    )
    bottom = 1.95 * (len(STRATEGIES) - 1) + 0.8
    return format_svg("Four ways to go back through six steps", notes, parts, (0, -10, 7.3 * UNIT, bottom * UNIT))


def draw_windows(top: float) -> Iterator[str]:
    """The reach of the last three losses, as bars above one another below the states."""
    for k, t in enumerate((T, T - 1, T - 2)):
        y = top + 0.38 + 0.17 * k
        (x0, y0), (x1, _) = place(0.85 * (t - TAU), y), place(0.85 * (t - 1), y)
        yield f'<path class="path" d="M{x1:.1f} {y0:.1f}H{x0 + 9:.1f}" marker-end="url(#path-head)"/>'
        yield format_symbol(f"l_{t}", x1 + 17, y0 - 2)


def draw_pairs(weigh: Weigh, left: float, top: float) -> Iterator[str]:
    for t in range(1, T + 1):
        for u in range(1, t + 1):
            x, y = left * UNIT + 25 * (u - 1), top * UNIT + 25 * (t - 1)
            weight = weigh(t, u)
            style = "kept" if weight else "dropped"
            yield f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="22" height="22"/>'
            if weight:
                yield f'<text class="number" x="{x + 11:.1f}" y="{y + 15:.1f}">{weight}</text>'


def draw_figures() -> dict[str, str]:
    """The content of each file, by its name."""
    figures = {f"{name}.svg": draw_graph(graph) for name, graph in GRAPHS.items()}
    return {
        **figures,
        "truncation.svg": draw_truncations(),
        **draw_pictures(read(LONG_MEMORY)),
        PICTURE: draw_picture(read(CHAR_RNN)),
    }


def read(record: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    return found


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in draw_figures().items():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
