"""A figure of matplotlib becomes a file that is the same every time, has colors for the dark, and keeps its words."""

import re
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.figure import Figure

from examples.svg import INKS, RC, format_svg


def draw(color=INKS["first"].light, y=0.123456789):
    with rc_context(RC):
        figure = Figure(figsize=(3, 2))
        panel = figure.subplots()
        panel.plot([0, 1], [0, y], color=color)
        panel.set_title("0.0001 < 1")
        return format_svg(figure, "A line & more", "It rises.")


def test_the_same_figure_is_the_same_file_and_another_is_not():
    assert draw() == draw() != draw(y=0.2)
    assert not re.search(r"\b20\d\d-\d\d|Matplotlib", draw())


def test_a_color_of_ours_is_a_class_and_another_stays():
    assert 'class="first-stroke" style="fill: none; stroke-width: 1.5;' in draw()
    assert "stroke: #0969da" not in draw().partition("</style>")[2]
    assert "stroke: #123456" in draw(color="#123456").partition("</style>")[2]


def test_every_color_has_its_light_dark_and_printed_form():
    style = draw().partition("<style>")[2].partition("</style>")[0]
    light, dark, printed = re.split(r"@media [^{]*{", style)
    for name, ink in INKS.items():
        for rules, color in ((light, ink.light), (dark, ink.dark), (printed, ink.printed)):
            assert f".{name}-fill {{ fill: {color} }} .{name}-stroke {{ stroke: {color} }}" in rules


def test_points_are_cut_and_words_are_not():
    root = ElementTree.fromstring(draw())
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert "0.0001 < 1" in texts
    assert root[0].text == "A line & more"
    assert root[1].text == "It rises."
    points = [element.get("d") for element in root.iter() if element.get("d")]
    assert points
    assert not [d for d in points if re.search(r"\.\d{3}|\n", d)]
