"""The figures are what the script draws, a page shows each, and the ways to truncate are those of the code."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from manual.recurrent.rnn import rnn_cell
from manual.shared.recurrence import chunked, full, randomized, windowed
from manual.shared.time_loop import Parameters
from tests.docs import figures
from tests.docs.graphs import GRAPHS, STRATEGIES, TAU, XI, T

ROOT = Path(__file__).resolve().parents[2]
DRAWN = figures.draw_figures()
CELL = rnn_cell("identity")
RECURRENCES = {
    "whole": full(CELL),
    "equal pieces (chunks of 3)": chunked(full(CELL), TAU),
    "one window a loss (3 steps)": windowed(full(CELL), TAU),
    "random pieces": randomized(CELL, np.array(XI, float)),
}


def test_the_files_are_what_the_script_draws():
    assert {name: (figures.FOLDER / name).read_text(encoding="utf-8") for name in DRAWN} == DRAWN


def test_a_node_that_moves_is_a_figure_that_changes():
    graph = GRAPHS["rnn"]
    moved = graph._replace(nodes=(graph.nodes[0]._replace(x=-2), *graph.nodes[1:]))
    assert figures.draw_graph(graph) == DRAWN["rnn.svg"] != figures.draw_graph(moved)


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_has_a_title_and_a_description_and_can_be_read_in_the_dark_and_in_print(name):
    root = ElementTree.fromstring(DRAWN[name])
    tags = [element.tag.rpartition("}")[2] for element in root]
    assert tags[:3] == ["title", "desc", "style"]
    assert all(root[k].text.strip() for k in range(3))
    assert "(prefers-color-scheme: dark)" in root[2].text
    assert "@media print" in root[2].text


@pytest.mark.parametrize("name", DRAWN)
def test_every_color_of_the_light_scheme_has_one_in_the_dark(name):
    light, _, others = ElementTree.fromstring(DRAWN[name])[2].text.partition("@media (prefers-color-scheme: dark)")
    dark = others.partition("@media print")[0]
    colored = {c for rule in re.findall(r"([^{}]+)\{[^}]*#[0-9a-f]{6}", light) for c in re.findall(r"\.[\w-]+", rule)}
    assert colored - {".box", ".dropped"} <= set(re.findall(r"\.[\w-]+", dark))


@pytest.mark.parametrize("name", GRAPHS)
def test_an_edge_joins_two_nodes_and_every_node_is_joined(name):
    graph = GRAPHS[name]
    symbols = [node.symbol for node in graph.nodes]
    assert len(set(symbols)) == len(symbols)
    assert {end for edge in graph.edges for end in (edge.tail, edge.head)} == set(symbols)


@pytest.mark.parametrize("name", GRAPHS)
def test_the_notes_of_a_graph_name_every_path(name):
    named = set(re.findall(r"\b[1-6ab]\b", " ".join(GRAPHS[name].notes)))
    named |= {
        str(k) for a, b in re.findall(r"(\d) to (\d)", " ".join(GRAPHS[name].notes)) for k in range(int(a), int(b))
    }
    assert {edge.path for edge in GRAPHS[name].edges if edge.path} <= named


def test_every_figure_stands_on_a_page_with_words_for_it():
    pages = " ".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert set(re.findall(r"!\[[^\]]+\]\((?:\.\./)?figures/(\S+)\)", pages)) >= DRAWN.keys()


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "attention"])
def test_the_page_names_every_path_of_its_graph(name):
    """As `path 1`, `paths 2 to 5`, or below a brace of an equation."""
    page = (ROOT / "docs" / "derivations" / f"{name}.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[Pp]ath (\w)\b", page)) | set(re.findall(r"\}_\{(\w)\}", page))
    assert {edge.path for edge in GRAPHS[name].edges if edge.path} <= named


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_weight_of_each_path_is_that_of_the_code(name):
    """In an identity RNN of one unit whose weights are 1, a path from x_u to h_t that is kept has the derivative 1."""
    one, zero = np.ones((1, 1)), np.zeros(1)
    run = RECURRENCES[name](np.zeros((T, 1, 1)), Parameters(one, one, zero, zero), (np.zeros((1, 1)),))
    for t in range(1, T + 1):
        upstream = np.zeros((T, 1, 1))
        upstream[t - 1] = 1
        dx = run.backward([upstream], [None]).named["x"][:, 0, 0]
        assert list(dx) == [STRATEGIES[name](t, u) if u <= t else 0 for u in range(1, T + 1)]
