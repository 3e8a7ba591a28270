"""The command line: what it prints, writes and exits with, and what it says of a wrong request."""

import sys
from pathlib import Path

import pytest

from gradcheck.cli import main as cli
from tests.harness.copies import copy_units
from tests.harness.schemas import read_valid
from tests.pytest_plugin.projects import write_imprecise, write_unit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in a folder; its exit code, output and errors."""

    def run(*arguments, cwd=ROOT):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["gradcheck", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return run


@pytest.fixture
def project(tmp_path):
    """A copy of two units in a project of its own."""
    return copy_units(tmp_path, "output_layer", "activation")


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_verify_prints_a_row_a_unit_and_exits_with_0(run):
    code, out, _ = run("verify", "squared_error", "output_layer", "--cases", 25)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["unit", "checks", "cases", "skipped", "sizes", "to", "worst", "time", "verdict"]
    assert [(line.split()[0], line.split()[-1]) for line in lines[1:3]] == [
        ("squared_error", "proved"),
        ("output_layer", "proved"),
    ]
    assert lines[-1].startswith("2 units: 2 proved, 50 cases, ")


def test_a_wrong_gradient_exits_with_1_and_the_rest_is_judged(run, project):
    edit(project / "manual" / "layers" / "output_layer.py", "do.sum(axis=0)", "do.mean(axis=0)")
    code, out, _ = run("verify", "--cases", 20, cwd=project)
    assert code == 1
    assert "activation" in out
    assert "output_layer dbias[" in out
    assert "rerun      gradcheck verify output_layer --case T=" in out
    assert "2 units: 1 proved, 1 wrong" in out


def test_the_case_that_is_printed_shows_the_failure_again(run, project):
    edit(project / "manual" / "layers" / "output_layer.py", "do.sum(axis=0)", "do.mean(axis=0)")
    _, out, _ = run("verify", "output_layer", cwd=project)
    again = next(line for line in out.splitlines() if line.startswith("  rerun")).split("gradcheck ")[1]
    code, repeated, _ = run(*again.split(), cwd=project)
    assert code == 1
    message = out[out.index("output_layer dbias[") : out.index("\n\n1 unit:")]
    assert message in repeated


def test_verify_judges_what_failed_first_whatever_the_seed(run, tmp_path):
    write_unit(tmp_path, "square")
    file = tmp_path / "manual" / "square.py"
    right = file.read_text()
    file.write_text(right.replace("2 * x", "(2 + (x.shape == (7, 3))) * x"))
    (tmp_path / "pyproject.toml").touch()
    few = ("verify", "square", "--cases", 1, "--no-exact", "--mutants", 0)
    assert run(*few, "--seed", 5, cwd=tmp_path)[0] == 0
    assert run("verify", "square", "--case", "T=7,B=3,seed=1", cwd=tmp_path)[0] == 1
    code, out, _ = run(*few, "--seed", 5, cwd=tmp_path)
    assert code == 1
    assert "rerun      gradcheck verify square --case T=7,B=3" in out
    file.write_text(right)
    assert run(*few, "--seed", 5, cwd=tmp_path)[0] == 0
    assert not [path for path in (tmp_path / ".hypothesis").rglob("*") if path.is_file()]


def test_the_json_holds_every_unit_and_a_schema(run, project):
    edit(project / "manual" / "layers" / "output_layer.py", "do.sum(axis=0)", "do.mean(axis=0)")
    code, _, _ = run("verify", "--cases", 20, "--json", "verdicts.json", "--report", "report.html", cwd=project)
    content = read_valid((project / "verdicts.json").read_text())
    right, wrong = content["units"]
    assert (code, content["schema"], content["command"]) == (1, 2, "verify")
    assert (right["name"], right["verdict"], right["cases"], right["failure"]) == ("activation", "proved", 20, None)
    assert right["certificate"]["log2_bound"] <= -128
    assert [check["name"] for check in right["checks"]][-2:] == ["exact", "mutation"]
    assert (wrong["name"], wrong["verdict"]) == ("output_layer", "wrong")
    assert wrong["failure"]["check"] == "gradients"
    assert wrong["failure"]["tensors"][2]["name"] == "bias"
    assert wrong["message"].startswith("output_layer dbias[")
    assert wrong["rerun"] in (project / "report.html").read_text(encoding="utf-8")


def test_json_to_standard_output_is_nothing_but_json(run):
    code, out, err = run("verify", "output_layer", "--cases", 3, "--json", "-")
    assert code == 0
    assert read_valid(out)["units"][0]["name"] == "output_layer"
    assert "1 unit: 1 proved" in err


def test_a_bad_declaration_exits_with_2_and_the_rest_is_judged(run, project):
    edit(project / "reference" / "layers" / "output_layer.py", "import torch\n", "import torhc\n")
    code, out, _ = run("verify", "--cases", 5, cwd=project)
    assert code == 2
    assert "does not import (ModuleNotFoundError: No module named 'torhc'); fix the file" in out
    assert "2 units: 1 proved, 1 bad declaration" in out


def test_a_unit_may_be_given_as_two_paths(run, project):
    code, out, _ = run(
        "verify", "manual/layers/output_layer.py", "reference/layers/output_layer.py", "--cases", 3, cwd=project
    )
    assert code == 0
    assert "1 unit: 1 proved" in out


def test_without_exact_the_verdict_is_agrees(run):
    code, out, _ = run("verify", "output_layer", "--cases", 3, "--no-exact")
    assert code == 0
    assert "1 unit: 1 agrees" in out
    assert " 7/7 " in out


def test_prove_prints_and_writes_the_certificate(run, tmp_path):
    file = tmp_path / "certificate.json"
    code, out, _ = run("prove", "output_layer", "--cases", 4, "--trials", 3, "--json", file)
    assert code == 0
    assert out.startswith(
        "output_layer proved: a wrong backward would pass any of these cases with probability at most 2^-"
    )
    assert "  source    manual.layers.output_layer sha256 " in out
    (unit,) = read_valid(file.read_text())["units"]
    certificate = unit["certificate"]
    assert all(len(case["primes"]) == 3 for case in certificate["cases"])
    assert certificate["claim"].startswith("on these sizes")
    assert len(certificate["sources"]["manual.layers.output_layer"]) == 64


def test_prove_exits_with_1_where_the_backward_is_wrong(run, project):
    edit(project / "manual" / "layers" / "output_layer.py", "do.sum(axis=0)", "do.mean(axis=0)")
    code, out, _ = run("prove", "output_layer", cwd=project)
    assert code == 1
    assert out.startswith("output_layer exact identity <u, J v> = <J^T u, v> fails over GF(p)")
    assert "wrong: dbias; right at this case: dh, dweight" in out


def test_list_names_every_unit_with_what_it_computes(run):
    code, out, _ = run("list")
    assert code == 0
    assert "lstm                     Long short-term memory with a forget gate." in out


REQUESTS = {
    ("verify", "lstn"): "gradcheck: unit 'lstn': there is no such unit; did you mean lstm?",
    ("verify", "--case", "T=1"): "it is the id of a case of one unit, not of",
    ("verify", "lstm", "--case", "T=1,B=1"): "gradcheck: case 'T=1,B=1': the size of I, H is missing;",
    ("verify", "lstm", "--json", "no/such/folder.json"): "--json no/such/folder.json: it cannot be written (No such",
    (
        "verify",
        "lstm",
        "--report",
        "no/such/folder.html",
    ): "--report no/such/folder.html: it cannot be written (",
    ("verify", "a.py", "b.py"): "gradcheck: a.py: there is no such file; give the manual file, then its reference",
    ("verify", "a.py", "b.py", "c.py"): "gradcheck: a.py b.py c.py: a unit is named by its own file, and its reference",
    ("verify", "a.py"): "gradcheck: a.py: there is no such file; give a Python file with a function of the file's name",
    ("verify", "--cases", "0"): "gradcheck: --cases 0: it is too small; give 1 or more",
    ("prove", "lstm", "--trials", "-1"): "gradcheck: --trials -1: it is too small; give 1 or more",
    ("verify", "--seed", "-3"): "gradcheck: --seed -3: it is too small; give 0 or more",
    ("verify", "--casses", "3"): "No such option: --casses",
}


@pytest.mark.parametrize("arguments", REQUESTS, ids=" ".join)
def test_a_wrong_request_exits_with_2_and_says_why(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2
    assert REQUESTS[arguments] in err


def test_a_folder_without_units_says_what_is_missing(run, tmp_path):
    code, _, err = run("verify", cwd=tmp_path)
    assert code == 2
    assert "manual: there is no such folder; make it, or name another as `manual` in [tool.gradcheck]" in err
    for side in ("manual", "reference"):
        (tmp_path / side).mkdir()
    assert "it contains no unit; add NAME.py to it and to the folder of references" in run("verify", cwd=tmp_path)[2]
    (tmp_path / "pyproject.toml").write_text("[tool")
    assert "pyproject.toml: it does not parse (" in run("verify", cwd=tmp_path)[2]


def test_a_file_without_its_function_or_twin_is_a_bad_declaration(run, project):
    (project / "manual" / "layers" / "output_layer.py").rename(project / "manual" / "layers" / "other.py")
    code, out, _ = run("verify", "--cases", 3, cwd=project)
    assert code == 2
    assert "other.py: it has no function other; define `def other(...)` in it, or begin" in out
    missing = project / "manual" / "layers" / "output_layer.py"
    assert f"{missing}: there is no such file; write it; or, if the other file of the pair is a helper" in out


@pytest.mark.parametrize(("options", "due"), [((), 0), (("--strict",), 1)])
def test_an_imprecise_unit_exits_with_1_only_where_strict(run, tmp_path, options, due):
    write_unit(tmp_path, "square")
    write_imprecise(tmp_path, "small")
    code, out, _ = run("verify", "--cases", 5, "--mutants", 0, *options, cwd=tmp_path)
    assert code == due
    assert "warning: small is imprecise: the formula is right, digits are lost" in " ".join(out.split())
    assert "2 units: 1 proved, 1 imprecise" in out
