"""The HTML report: one file that holds everything, shows what the reports say, and runs and asks for nothing else."""

import base64
import functools
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

import pytest

from gradcheck import Subject, examine
from gradcheck.checks import CHECK_NAMES
from gradcheck.checks.failure import Verdict
from gradcheck.reporting.html import charts, render_html_report, words, write_html_report
from gradcheck.reporting.unit_table import format_unit_row
from tests.harness.reports import PLANTED, as_json, every_kind, every_report, subject, survivor

VOID = {"meta", "link", "input", "br", "rect", "line"}


class Page(HTMLParser):
    """Elements with their attributes, the texts inside them, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.inside = [], [], []
        self.feed(text)
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.inside.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.inside[-1] if self.inside else "", data))

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, tag=None):
        return " ".join(" ".join(text for inside, text in self.texts if tag in (None, inside)).split())


@pytest.fixture(scope="module")
def source():
    return render_html_report([*every_report().values()])


@pytest.fixture(scope="module")
def parsed(source):
    return Page(source)


def test_every_unit_is_there_with_its_verdict(parsed):
    sections = [s for s in parsed.of("section") if "data-name" in s]
    assert [(s["data-name"], s["data-verdict"]) for s in sections] == [
        (unit["name"], unit["verdict"]) for unit in every_kind().values()
    ]
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {"#" + s["id"] for s in sections} == {a["href"] for a in parsed.of("a")}


def test_nothing_else_is_asked_for(source, parsed):
    for tag, attributes in parsed.elements:
        for name in ("src", "href", "srcset", "action", "data", "poster", "style"):
            assert attributes.get(name, "#").startswith("#") or (tag, attributes[name]) == ("link", "data:,")
    assert not re.search(r"url\(|@import|fetch\(|import\(", source)
    assert "http" not in parsed.text("style") + parsed.text("script")


def test_the_policy_lets_its_own_script_and_style_run_and_no_other(parsed):
    policy = next(m["content"] for m in parsed.of("meta") if m.get("http-equiv") == "Content-Security-Policy")
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["default-src"] == "'none'"
    for tag in ("script", "style"):
        (text,) = (text for inside, text in parsed.texts if inside == tag)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed[f"{tag}-src"] == f"'sha256-{digest}'"


def test_names_and_texts_are_escaped(source, parsed):
    assert PLANTED not in source
    assert PLANTED in parsed.text()
    texts = {"derivation": "<img src=x onerror=alert(1)>", "name": '"><b>', "message": "</script>"}
    planted = replace(every_report()["wrong"], **texts)
    assert len(Page(render_html_report([planted])).of("script")) == 1
    assert Page(render_html_report([planted])).of("img") == Page(render_html_report([planted])).of("b") == []


def test_without_javascript_nothing_is_hidden(parsed):
    assert all("open" in details for details in parsed.of("details"))
    hidden = [
        attributes.get("id", attributes.get("class")) for _, attributes in parsed.elements if "hidden" in attributes
    ]
    assert hidden == ["controls", "none"]


def test_everything_that_was_found_is_shown(parsed):
    text = parsed.text()
    for unit in every_kind().values():
        for found in (
            unit["reason"],
            unit["error"],
            unit["rerun"],
            unit["given"],
            unit["derivation"],
            unit["printed"],
            *unit["notes"],
        ):
            assert " ".join(found.split()) in text
        for check in unit["checks"]:
            assert all(" ".join(reason.split()) in text for reason in check["not_applicable"])
            assert all(words.format_ratio(tensor["worst"]) in text for tensor in check["tensors"].values())
        for label, said in (unit["failure"] or {"details": {}})["details"].items():
            assert f"{label} {' '.join(said.split())}" in text
    assert "A wrong backward would pass any of these cases with probability at most 2 -1" in text
    assert "nothing saw it" in text
    assert "-a * b +a" in text


def test_the_table_says_what_the_terminal_says():
    for report in (examine(subject("given"), case="T=1,B=1,I=1,H=1,seed=0"), survivor()):
        unit, told = as_json(report), format_unit_row(report)
        assert (words.format_check_count(unit), words.format_ratio(words.find_largest_ratio(unit))) == (
            told[1],
            told[5],
        )
    assert words.find_largest_ratio(every_kind()["bad"]) is None
    assert words.format_ratio(words.find_largest_ratio(every_kind()["a crash"])) == "inf x"


def test_every_verdict_and_check_has_its_words():
    assert {*words.VERDICT_TEXTS} == {*get_args(Verdict)}
    assert [*words.CHECK_TEXTS] == [*CHECK_NAMES]


def test_the_map_is_drawn_cell_by_cell_and_not_by_colour_alone(parsed):
    diagnosis = every_kind()["wrong"]["diagnosis"]
    chart = charts.draw_heat_map(diagnosis["map"])
    assert [cell.kind for cell in chart.cells] == [kind for line in diagnosis["map"]["cells"] for kind in line]
    assert len({sign for sign, _ in chart.kinds.values()}) == len(chart.kinds) >= 3
    assert "dx[0] from ys[1]: wrong" in [cell.title for cell in chart.cells]
    assert chart.text.splitlines()[2].startswith("ys[0]")
    assert chart.title in parsed.text("title")
    assert " ".join(chart.text.split()) in parsed.text("desc")
    assert " ".join(chart.text.split()) in parsed.text("pre")


def test_what_stands_above_a_cell_is_cut_and_its_title_is_not():
    blocks = [{"name": "x", "block": "104"}, {"name": "w", "block": "gate"}]
    chart = charts.draw_heat_map(
        {"arithmetic": "exact", "rows": blocks[:1], "columns": blocks, "cells": [["right", "wrong"]]}
    )
    assert [mark.text for mark in chart.marks] == ["04", "ga"]
    assert [cell.title for cell in chart.cells] == ["dx[104] from x[104]: right", "dw[gate] from x[104]: wrong"]


def test_the_map_of_lags_says_the_same_in_words():
    lags = {"ys": {"0": "right", "1": "wrong", "2": "wrong"}, "h_T": {"2": "mixed"}}
    chart = charts.draw_lag_map(lags)
    assert chart.text == "ys: right at lag 0; wrong at lag 1 and 2\nh_T: wrong at some steps at lag 2"
    assert [cell.kind for cell in chart.cells] == ["right", "wrong", "wrong", "zero", "zero", "mixed"]


def test_bars_are_as_high_as_the_error_and_cut_at_the_tolerance():
    chart = charts.draw_ratio_chart([0.5, 0.0, None, 3.0])
    assert [(bar.height, bar.over) for bar in chart.bars] == [(14, False), (0, False), (28, True), (28, True)]
    assert chart.title == "t = 0: 0.5 x; t = 1: 0 x; t = 2: inf x; t = 3: 3 x"


def test_a_text_that_is_no_unicode_is_written_too(tmp_path):
    write_html_report([replace(every_report()["bad"], error="a file named \udcff")], tmp_path / "report.html")
    assert "a file named \\udcff" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_units_of_a_json_file_make_the_same_page(source):
    same = render_html_report([*every_kind().values()])
    assert re.sub(r"Written [^;]*;", "", same) == re.sub(r"Written [^;]*;", "", source)


def test_no_unit_is_a_page_too(tmp_path):
    write_html_report([], tmp_path / "report.html")
    assert "0 units, 0 cases" in Page((tmp_path / "report.html").read_text(encoding="utf-8")).text()


def test_the_derivation_is_the_header_of_a_file_of_that_name_and_the_docstring():
    from manual.recurrent.lstm import lstm
    from reference.recurrent.lstm import lstm as reference

    derivation = Subject("any name", functools.partial(lstm), reference).derivation
    assert derivation.startswith("Long short-term memory with a forget gate.")
    assert "Run an LSTM over a batch of sequences." in derivation
    assert (
        subject("planted").derivation
        == "An Elman network in one plain loop: the unit that bugs are planted in by editing its source."
    )
