"""What Jupyter shows of results: everything that they say, escaped, without a script, to be read in any theme."""

import base64
import re
import sys
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest

from gradcheck import Subject, prove
from gradcheck.flow.comparison import FlowComparison, compare_flows
from gradcheck.flow.gradient_flow import GradientFlow, flow
from gradcheck.repair import repair
from gradcheck.reporting.html.notebook import render_as_text, render_for_notebook
from manual.recurrent import lstm, rnn
from tests.harness import elman, elman_reference
from tests.harness.plant import planted
from tests.harness.reports import CARRY, PLANTED, every_report
from tests.harness.test_html_report import Page


@cache
def repaired():
    return repair(Subject("halved", planted(CARRY), elman_reference.elman), cases=3, workers=1)


def show(result):
    """The HTML as Jupyter asks for it, parsed."""
    return Page(result._repr_html_().replace("<img ", "<link "))


def as_one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize("name", every_report())
def test_a_report_shows_its_verdict_its_checks_and_its_message(name):
    report, page = every_report()[name], show(every_report()[name])
    assert page.text("strong") == as_one_line(report.name)
    assert report.verdict in page.text("span")
    assert as_one_line(report.message) in page.text("pre")
    for check in report.checks:
        assert f"{check.name} {check.status}" in page.text("td")
    assert [note for note in (*report.notes, report.reason) if as_one_line(note) not in page.text("p")] == []


def test_a_wrong_report_shows_the_map_of_its_diagnosis():
    report = every_report()["wrong"]
    assert "= right x wrong - missing" in show(report).text("pre")
    assert "= right x wrong - missing" in show(report.diagnosis).text("pre")
    assert report.diagnosis.location in show(report.diagnosis).text("td")
    assert report.diagnosis.pattern in show(report.diagnosis).text("td")


def test_a_proof_shows_what_it_claims_and_how_likely_it_errs():
    report = prove(Subject("elman", elman.elman, elman_reference.elman), cases=2)
    bound = f"with probability at most 2^{report.certificate.log2_bound:.0f}."
    for shown in (show(report), show(report.certificate)):
        assert bound in shown.text("p")
    assert report.certificate.claim in show(report.certificate).text("p")
    assert report.certificate.rules["exp"] in show(report.certificate).text("td")


def test_a_repair_shows_each_patch_as_a_diff():
    outcome = repaired()
    page = show(outcome)
    assert page.text("span") == "✓ repaired"
    assert as_one_line(outcome.patches[0].diff()) in page.text("pre")
    assert f"drop operand {outcome.patches[0].report.verdict}" in page.text("td")


@pytest.mark.parametrize("name", every_report())
def test_the_text_says_what_the_page_says(name):
    """Word for word, but for the sign of the verdict."""
    report = every_report()[name]
    shown = Page(re.sub("<style>.*</style>|<span class.*</span>", "", report._repr_html_(), flags=re.DOTALL)).text()
    told = render_as_text(report)
    assert [word for word in shown.split() if word not in told] == []
    assert told.startswith(f"{report.verdict}, {report.name}, ")


def test_jupyter_gets_both_and_no_dump_of_the_object():
    outcome = repaired()
    shown = outcome._repr_mimebundle_(include=None, exclude=None)
    assert shown == {"text/html": outcome._repr_html_(), "text/plain": render_as_text(outcome)}


def test_a_repair_that_found_nothing_says_why():
    outcome = repair(Subject("right", elman.elman, elman_reference.elman), cases=2, workers=1)
    assert show(outcome).text("span") == "✓ right"
    assert as_one_line(outcome.reason) in show(outcome).text("p")


def test_a_comparison_of_flows_shows_its_table_and_its_picture():
    found = compare_flows([rnn.rnn, lstm.lstm], radii=[0.9, 1.1], T=4, hidden=2)
    page = show(found)
    assert "rnn 0.9 none" in page.text("td")
    assert "lstm 1.1 1" in page.text("td")
    (picture,) = page.of("link")
    drawn = base64.b64decode(picture["src"].removeprefix("data:image/svg+xml;base64,"))
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert [f.radius for f in found] == [0.9, 1.1] * 2
    assert "norms by lag" in picture["alt"]


def test_a_flow_is_shown_as_a_comparison_of_one():
    found = flow(rnn.rnn, T=4, hidden=2)
    assert show(found).text("td") == show(FlowComparison((found,))).text("td")


def test_without_matplotlib_the_table_is_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    page = show(flow(rnn.rnn, T=4, hidden=2))
    assert page.of("link") == []
    assert "rnn 1 none" in page.text("td")


def test_a_comparison_of_nothing_says_so():
    with pytest.raises(ValueError, match="0 units and 3 radii: there is nothing to compare; give one or more"):
        compare_flows([])


def every_result():
    return [
        every_report()[PLANTED],
        GradientFlow(PLANTED, 1.0, np.ones((2, 1, 1))),
        repaired(),
        every_report()["wrong"],
    ]


def test_a_name_that_is_a_script_is_shown_and_not_run():
    for result in (every_report()[PLANTED], GradientFlow(PLANTED, 1.0, np.ones((2, 1, 1)))):
        page = show(result)
        assert page.of("script") == []
        assert PLANTED in page.text()


def test_nothing_else_is_asked_for():
    for result in every_result():
        html = result._repr_html_()
        assert not re.search(r"url\(|@import|http|<script|\son\w+=", html)


def test_the_style_is_for_the_result_alone_and_leaves_paper_and_ink_to_the_theme():
    (style,) = {show(result).text("style") for result in every_result()}
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", style)
    assert all(part.strip().startswith(".gradcheck") for selector, _ in rules for part in selector.split(","))
    colors = {c for selector, rule in rules if "badge" in selector for c in re.findall(r"(color|background): #", rule)}
    assert colors == {"color", "background"}
    inked = [s for s, rule in rules if re.search(r"(^| )color: #", rule) and ".badge" not in s]
    assert inked == []


def measure_contrast(first, second):
    def light(color):
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


def test_every_badge_can_be_read_in_a_light_and_in_a_dark_theme():
    """It is white on a ground of its own; 4.5 to 1 is what WCAG 2 asks of text."""
    style = show(every_report()["proved"]).text("style")
    grounds = re.findall(r"background: (#[0-9a-f]{6}); }", style)
    assert "#ffffff" in grounds
    assert all(measure_contrast("#ffffff", ground) >= 4.5 for ground in grounds if ground != "#ffffff")
    assert measure_contrast("#ffffff", "#8f9aa5") < 4.5


def test_what_is_no_result_is_refused():
    with pytest.raises(TypeError, match="int: there is no display of it; give a report"):
        render_for_notebook(1)
