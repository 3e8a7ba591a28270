"""Generated units, a few of each seed, get a verdict that is no defect of gradcheck; planted defects are found."""

import pytest

from gradcheck.verdict.report import Report
from gradcheck.verification import judge
from tests.harness.fuzz.judge import find_complaint, judge_all, write_units

UNITS = 40


@pytest.mark.parametrize("seed", [0, 1])
def test_whatever_a_unit_does_it_gets_a_verdict(tmp_path, seed):
    found = list(judge_all(write_units(tmp_path, seed, range(UNITS))))
    assert [f"{report.name}: {complaint}" for report, complaint in found if complaint] == []
    assert len({report.name for report, _ in found}) == UNITS
    assert {"wrong", "bad declaration"} < {report.verdict for report, _ in found}


def test_a_defect_is_found(tmp_path, monkeypatch):
    def fail(*_):
        raise TypeError("planted")

    monkeypatch.setattr(judge, "run_check", fail)
    found = list(judge_all(write_units(tmp_path, 0, range(10))))
    assert any("TypeError: planted" in complaint for _, complaint in found)


def test_a_verdict_that_nobody_knows_or_that_has_no_reason_is_found():
    assert find_complaint(Report("unit", verdict="lost")) == "its verdict is 'lost'"
    assert find_complaint(Report("unit", verdict="wrong")) == "it has a verdict and no message"
    assert find_complaint(Report("unit")) == ""
