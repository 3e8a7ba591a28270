"""`gradcheck zoo`: what it prints, writes and exits with, and where it finds a zoo."""

import sys
from pathlib import Path

import pytest

from gradcheck.cli import main as cli
from gradcheck.zoo.kill_matrix import list_columns
from tests.harness.schemas import read_valid

ROOT = Path(__file__).resolve().parents[2]
CATALOG = """
from gradcheck.zoo import Defect
from tests.harness import elman, elman_reference
RIGHT = Defect("no defect", "nowhere", "nothing", "nothing", elman.elman, elman_reference.elman)
"""


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments, cwd=ROOT):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["gradcheck", "zoo", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return run


@pytest.fixture
def project(tmp_path):
    """A project whose zoo is a folder `bugs`, with the given catalog."""

    def write(catalog):
        (tmp_path / "pyproject.toml").write_text('[tool.gradcheck]\nzoo = "bugs"\n')
        (tmp_path / "bugs").mkdir()
        (tmp_path / "bugs" / "catalog.py").write_text(catalog)
        return tmp_path

    return write


def test_defects_by_name_are_a_row_each_and_exit_with_0(run):
    code, out, _ = run("conjugate missing", "weight twice")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split("  ")[0] == "defect"
    assert [line[:20].rstrip() for line in lines[1:3]] == ["conjugate missing", "weight twice"]
    assert lines[1].split()[2:] == ["gradients", *["caught"] * 4, "-", "caught", "caught"]
    assert lines[4].split() == ["caught", "2/2", "2/2", "2/2", "2/2", "2/2", "1/2", "2/2", "2/2"]


def test_the_json_goes_to_stdout_alone(run):
    code, out, err = run("clipping per tensor", "--json", "-")
    assert code == 0
    content = read_valid(out)
    assert content["schema"] == 2
    assert [d["name"] for d in content["designs"]] == list_columns()
    (defect,) = content["defects"]
    assert (defect["report"]["verdict"], defect["check"]) == ("judges split", "forward")
    assert defect["above_tolerance"] == ["weight", "bias"]
    assert "clipping per tensor" in err


def test_a_miss_is_told_and_exits_with_1(run, project):
    code, out, _ = run("no defect", "--cases", 2, cwd=project(CATALOG + "DEFECTS = (RIGHT,)"))
    assert code == 1
    assert "MISSED" in out
    assert out.splitlines()[-1] == "no defect: expected 'wrong', not: agrees"


@pytest.mark.parametrize(
    ("catalog", "words"),
    [
        ("DEFECTS = ()", "it holds no defects; define DEFECTS"),
        ("DEFECTS = (1,)", "it holds no defects; define DEFECTS"),
        ("import nothing_of_the_kind", "it does not import (ModuleNotFoundError"),
        (CATALOG + "DEFECTS = (RIGHT, RIGHT)", "there are two of that name; rename one"),
    ],
)
def test_a_catalog_that_is_none_is_a_wrong_request(run, project, catalog, words):
    code, _, err = run("no defect", cwd=project(catalog))
    assert code == 2
    assert words in err
    assert err.count("\n") == 1


def test_a_wrong_request_exits_with_2(run, tmp_path):
    code, _, err = run("no such thing")
    assert (code, "there is no such defect; there are cell carry assigned, " in err) == (2, True)
    assert "did you mean 'weight twice'?" in run("wieght twice")[2]
    assert run("M10", "--cases", 0)[0] == 2
    assert run("M10", "--json", tmp_path / "none" / "file.json")[0] == 2
    (tmp_path / "pyproject.toml").write_text("")
    code, _, err = run(cwd=tmp_path)
    assert (code, "there is no such folder" in err) == (2, True)
    (tmp_path / "zoo").mkdir()
    code, _, err = run(cwd=tmp_path)
    assert (code, "there is no such file; write it" in err) == (2, True)
