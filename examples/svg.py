"""Saves a figure of matplotlib as an SVG that can be read in the light, in the dark and in print.

Whatever has a color of INKS gets a class of its name instead, to which a style sheet gives a color for each of the
three.  Text stays text.  The same figure gives the same file: nothing in it depends on the day or on chance.
"""

import io
import re
from html import escape
from typing import Any, NamedTuple


class Ink(NamedTuple):
    """A color in the light, in the dark and in print."""

    light: str
    dark: str
    printed: str


INKS = {
    "paper": Ink("#ffffff", "#0d1117", "#ffffff"),
    "text": Ink("#1f2328", "#e6edf3", "#000000"),
    "grid": Ink("#d8dee4", "#30363d", "#cccccc"),
    "seed": Ink("#8c959f", "#7d8590", "#999999"),
    "first": Ink("#0969da", "#58a6ff", "#000000"),
    "second": Ink("#b35900", "#f0a050", "#777777"),
}
"""By name.  The first and the second color differ to the color-blind too, but a line is also told by its dashes."""
RC = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gradcheck",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial", "sans-serif"],
    "font.size": 9,
    "text.color": INKS["text"].light,
    "axes.labelcolor": INKS["text"].light,
    "axes.edgecolor": INKS["text"].light,
    "xtick.color": INKS["text"].light,
    "ytick.color": INKS["text"].light,
    "axes.grid": True,
    "grid.color": INKS["grid"].light,
    "figure.facecolor": INKS["paper"].light,
    "axes.facecolor": INKS["paper"].light,
    "legend.facecolor": INKS["paper"].light,
    "legend.edgecolor": INKS["grid"].light,
    "axes.titlesize": 9,
}
"""Settings of matplotlib to draw with."""
DECLARATION = re.compile(r"(fill|stroke): (#[0-9a-f]{6});? ?")


def format_svg(figure: Any, title: str, description: str) -> str:
    """The file of a figure that was drawn under RC, with a title and a description for who cannot see it."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    opening, body = re.search(r"(<svg[^>]*>)(.*)", buffer.getvalue(), re.DOTALL).groups()  # type: ignore[union-attr]
    body = re.sub(r'="[^"]*"', shorten, re.sub(r'style="([^"]*)"', name_inks, body))
    lines = (opening.replace("<svg", '<svg role="img"', 1), f"<title>{escape(title)}</title>")
    whole = "\n".join((*lines, f"<desc>{escape(description)}</desc>", f"<style>{format_style()}</style>{body}"))
    return "\n".join(line.strip() for line in whole.splitlines()) + "\n"


def shorten(attribute: re.Match[str]) -> str:
    """An attribute on one line, its numbers cut after two decimals."""
    return " ".join(re.sub(r"(\.\d\d)\d+", r"\1", attribute[0]).replace('\n"', '"').split("\n"))


def name_inks(style: re.Match[str]) -> str:
    """The style attribute without colors of INKS, and the classes that stand for them."""
    names = {ink.light: name for name, ink in INKS.items()}
    found = [f"{names[color]}-{what}" for what, color in DECLARATION.findall(style[1]) if color in names]
    rest = DECLARATION.sub(lambda d: "" if d[2] in names else d[0], style[1]).strip()
    classes = f'class="{" ".join(found)}"' if found else ""
    return " ".join(part for part in (classes, f'style="{rest}"' if rest else "") if part)


def format_style() -> str:
    def rules(colors: dict[str, str]) -> str:
        return "".join(
            f" .{name}-fill {{ fill: {color} }} .{name}-stroke {{ stroke: {color} }}" for name, color in colors.items()
        )

    light = rules({name: ink.light for name, ink in INKS.items()})
    dark = rules({name: ink.dark for name, ink in INKS.items()})
    printed = rules({name: ink.printed for name, ink in INKS.items()})
    return f"{light}\n@media (prefers-color-scheme: dark) {{{dark} }}\n@media print {{{printed} }}\n"
