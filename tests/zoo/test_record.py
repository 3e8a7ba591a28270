"""The catalog, docs/zoo.json and docs/zoo.md say the same, and what is recorded of this harness is so today."""

import re

import pytest

from gradcheck import DeclarationError, GradientMismatch, check, discover, examine
from gradcheck.records import fill, to_json_value
from gradcheck.records.zoo import DefectRecord, DefectResultRecord
from gradcheck.zoo import find_defects
from gradcheck.zoo.kill_matrix import HARNESS_COLUMN, DefectResult, diagnose_report, list_columns
from tests.harness.schemas import read_valid
from tests.zoo import page
from tests.zoo.catalog import DEFECTS

RECORD = read_valid(page.RECORD.read_text(encoding="utf-8"))
DIAGNOSED = 2
"""The diagnosis is made again for each second defect, which takes half as long."""
RECORDED = {d["defect"]["name"]: d for d in RECORD["defects"]}


@pytest.mark.parametrize("name", page.TABLES)
def test_the_page_shows_the_record(name):
    text = page.TABLES[name].read_text(encoding="utf-8")
    start, stop = page.section(text, name)
    assert text[start:stop] == getattr(page, name)(RECORD)


def test_the_record_is_of_this_catalog():
    assert [d["defect"] for d in RECORD["defects"]] == [to_json_value(fill(d, DefectRecord)) for d in DEFECTS]
    assert [d.name for d in find_defects()] == list(RECORDED)


def test_the_totals_are_those_of_the_cells():
    assert [d["name"] for d in RECORD["designs"]] == list_columns()
    for design in RECORD["designs"]:
        cells = [d["caught"][design["name"]] for d in RECORD["defects"]]
        assert (design["caught"], design["of"]) == (cells.count(True), len(cells) - cells.count(None))


def test_this_harness_is_recorded_to_catch_all_and_to_call_no_right_unit_wrong():
    ours = RECORD["designs"][0]
    assert (ours["name"], ours["caught"], ours["of"]) == (HARNESS_COLUMN, len(DEFECTS), len(DEFECTS))
    assert ours["false_alarms"] == {}
    assert RECORD["units"] == [pair.name for pair in discover()]


def describe(found):
    return to_json_value(fill(found, DefectResultRecord))


def without_seed(case_id):
    return re.sub(r"seed=\d+", "", case_id)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
def test_a_defect_is_caught_as_recorded(defect):
    recorded = RECORDED[defect.name]
    report = examine(defect.subject, diagnose=False)
    found = describe(DefectResult(defect, report, {}))
    assert report.verdict == recorded["report"]["verdict"], report.message
    assert report.verdict in defect.expected_verdicts
    assert (defect.at_fault == "forward") == (found["check"] == "forward")
    assert (found["check"], found["above_tolerance"]) == (recorded["check"], recorded["above_tolerance"])
    assert without_seed(found["report"]["smallest"]) == without_seed(recorded["report"]["smallest"])
    if DEFECTS.index(defect) % DIAGNOSED == 0:
        found = describe(DefectResult(defect, report, {}, diagnose_report(defect.subject, report)))
        assert found["diagnosis"] == recorded["diagnosis"]
    with pytest.raises((GradientMismatch, DeclarationError)):
        check(defect.unit, defect.reference, third_party=defect.third_party, case=str(report.smallest), diagnose=False)
