"""How a diagnosis is told: the lines of a failure, the command, and the data."""

import sys
from pathlib import Path

import pytest

from gradcheck import Subject, examine
from gradcheck.cli import main as cli
from tests.harness import elman, elman_reference
from tests.harness.copies import copy_units
from tests.harness.plant import details, planted, planted_reference
from tests.harness.schemas import read_valid

ROOT = Path(__file__).resolve().parents[3]
LEGEND = "= right   x wrong   - missing   + only in backward   . nothing on either side"


@pytest.fixture
def project(tmp_path):
    """A GRU that forgets its reset gate, in a project of its own."""
    copy_units(tmp_path, "gru", "activation")
    unit = tmp_path / "manual" / "recurrent" / "gru.py"
    text = unit.read_text()
    assert text.count("da_z, da_n * r))") == 1
    unit.write_text(text.replace("da_z, da_n * r))", "da_z, da_n))"))
    return tmp_path


def run(monkeypatch, capsys, folder, *arguments):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["gradcheck", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_the_command_shows_the_lines_and_the_map(monkeypatch, capsys, project):
    code, out, _ = run(monkeypatch, capsys, project, "diagnose", "gru", "--case", "T=1,B=1,I=1,H=1", "--json", "b.json")
    assert code == 1
    lines = out.splitlines()
    assert lines[2:5] == [
        "  exact      manual's backward is not the adjoint of its forward",
        "  fault      row block n of dweight_hh, dbias_hh; dh_0 in a single step, all else through the carry; "
        "every lag t-s >= 1 is wrong; direct terms (t = s) are right; only with reset=after",
        "  looks like the factor s(z_r) is missing in row block n",
    ]
    picture = lines.index("upstream gradients by gradients at T=4,B=2,I=2,H=3,seed=0, in exact arithmetic")
    assert lines[picture + 2 : picture + 6] == [
        "        dx    dweight_ih  dweight_hh  dbias_ih  dbias_hh  dh_0",
        "        0123  rzn         rzn         rzn       rzn",
        "ys[0]   =...  ===         ==x         ===       ==x       x",
        "ys[1]   x=..  xxx         xxx         xxx       xxx       x",
    ]
    assert lines[-1] == LEGEND
    (unit,) = read_valid((project / "b.json").read_text())["units"]
    assert unit["diagnosis"]["triggers"] == ["reset=after"]
    assert unit["diagnosis"]["step"]["wrong_blocks"] == {"weight_hh": ["n"], "bias_hh": ["n"], "h_0": []}
    assert unit["diagnosis"]["map"]["cells"][0][:4] == ["right", "zero", "zero", "zero"]
    assert unit["failure"]["details"]["looks like"] == unit["diagnosis"]["pattern"]


def test_a_unit_that_is_right_is_not_diagnosed(monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, ROOT, "diagnose", "squared_error", "--cases", "3")
    assert (code, out) == (0, "squared_error proved: there is nothing to diagnose\n")


def test_one_unit_at_a_time(monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, ROOT, "diagnose", "gru", "lstm")
    assert (code, err) == (2, "gradcheck: gru lstm: these are 2 units; name one unit\n")


def test_verify_says_so_below_the_verdict():
    unit = planted(("dbias += dz.sum(axis=0)", "dbias += dz.mean(axis=0)"))
    report = examine(Subject("elman", unit, elman_reference.elman), cases=20)
    assert [label for label, _ in report.failure.details] == [
        "verdict",
        "exact",
        "fault",
        "looks like",
        "worst",
        "gradients",
    ]
    said = details(report)
    assert (
        said["fault"]
        == "dbias_ih, dbias_hh; right in every case tried: dx, dweight_ih, dweight_hh, dh_0; only with B > 1"
    )
    assert said["looks like"] == "divided by B (a mean over the batch in place of the sum)"


def test_no_pattern_is_said_to_be_none():
    unit = planted(("dbias += dz.sum(axis=0)", "dbias += np.tanh(dz).sum(axis=0)"))
    report = examine(Subject("elman", unit, elman_reference.elman), cases=20)
    assert details(report)["looks like"] == "no known pattern"


def test_a_fault_of_another_check_is_said_what_it_needs():
    unit = planted(("dbias += dz.sum(axis=0)", "dbias += dz.sum(axis=0); x[0] *= 1 + (B == 2)"))
    report = examine(Subject("elman", unit, elman_reference.elman), case="T=2,B=2,I=1,H=1")
    assert report.failure.check == "purity"
    assert report.diagnosis.triggers == ("B > 1",)
    assert details(report)["fault"].endswith("only with B > 1")


def test_a_reference_that_is_wrong_is_no_diagnosis_of_the_unit():
    reference = planted_reference(("h @ weight_hh.T", "h.detach() @ weight_hh.T"))
    report = examine(Subject("elman", elman.elman, reference), cases=20)
    assert (report.verdict, report.diagnosis) == ("judges split", None)
    assert "diagnosis" not in details(report)
