"""What CI gets: the cause of what is not judged, annotations of lines, SARIF, a header that says how few cases."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import gradcheck
from gradcheck.cli import main as cli
from gradcheck.scaffold import write_project as write_new_project
from tests.harness.schemas import read_valid
from tests.pytest_plugin.projects import write_unit
from tests.pytest_plugin.test_processes import python
from tests.pytest_plugin.test_verdicts import section

OPTIONS = ("--gradcheck-cases", 2, "--gradcheck-seed", 3, "-ra")
PROFILE = """
from hypothesis import settings
settings.register_profile("short", max_examples={cases})
"""
REQUIRED = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "message": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}},
        "rule": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string"}, "shortDescription": {"$ref": "#/$defs/message"}},
            "additionalProperties": False,
        },
        "driver": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "version": {"type": "string"},
                "rules": {"type": "array", "uniqueItems": True, "items": {"$ref": "#/$defs/rule"}},
            },
            "additionalProperties": False,
        },
        "location": {
            "type": "object",
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation"],
                    "properties": {
                        "artifactLocation": {"type": "object", "required": ["uri"]},
                        "region": {
                            "type": "object",
                            "properties": {"startLine": {"type": "integer", "minimum": 1}},
                            "additionalProperties": False,
                        },
                    },
                }
            },
        },
        "result": {
            "type": "object",
            "required": ["message"],
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": {"$ref": "#/$defs/message"},
                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
                "properties": {"type": "object"},
            },
            "additionalProperties": False,
        },
        "run": {
            "type": "object",
            "required": ["tool"],
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "properties": {"driver": {"$ref": "#/$defs/driver"}},
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
            "additionalProperties": False,
        },
    },
}
"""What SARIF 2.1.0 requires of the objects that are written."""


@pytest.fixture
def broken(project):
    """The project, with a unit whose reference does not import and one that does not import itself."""
    write_unit(project, "far")
    file = project / "reference" / "far.py"
    file.write_text("import nowhere\n" + file.read_text())
    write_unit(project, "torn")
    (project / "manual" / "torn.py").write_text("def torn(:\n")
    return project


@pytest.mark.parametrize("cases", [2, 60])
def test_what_does_not_import_leaves_the_others_their_verdicts(broken, run, monkeypatch, cases):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(broken / "page.md"))
    done = run("--gradcheck-cases", cases, "--gradcheck-seed", 3, "--gradcheck-report", "units.json", "-ra")
    verdicts = {"far": "bad declaration", "square": "proved", "torn": "bad declaration", "wrong": "wrong"}
    units = read_valid((broken / "units.json").read_text())["units"]
    assert {unit["name"]: unit["verdict"] for unit in units} == verdicts
    rows = {line.split()[0]: line for line in section(done)[1:5]}
    assert {name: row.endswith(verdicts[name]) for name, row in rows.items()} == dict.fromkeys(verdicts, True)
    page = (broken / "page.md").read_text()
    for text in (done.stdout.str(), page):
        assert "far.py: it does not import (ModuleNotFoundError: No module named 'nowhere'); fix the file" in text
        assert "torn.py: it does not import (SyntaxError: " in text
    assert "\n| far | - | 0 | 0 | " in page


def test_what_does_not_import_is_said_by_workers_too(tmp_path):
    write_unit(tmp_path, "square")
    write_unit(tmp_path, "far")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "manual" / "far.py").write_text("import nowhere\n")
    files = ("--gradcheck-report", "units.json")
    page = tmp_path / "page.md"
    options = ("-p", "no:cacheprovider", "-n", "2", "--gradcheck-cases", "51", *files)
    done = python(tmp_path, "-m", "pytest", *options, GITHUB_STEP_SUMMARY=str(page))
    assert done.returncode == 1, done.stderr
    units = json.loads((tmp_path / "units.json").read_text())["units"]
    assert {u["name"]: u["verdict"] for u in units} == {"square": "proved", "far": "bad declaration"}
    for text in (done.stdout, page.read_text()):
        assert "No module named 'nowhere'" in text


def test_on_github_the_line_that_a_failure_is_about_is_annotated(broken, run, monkeypatch):
    assert "::error" not in run("manual/wrong.py", *OPTIONS).stdout.str()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    found = [line for line in run(*OPTIONS).outlines if line.startswith("::error ")]
    wrong = f"::error file={Path('manual', 'wrong.py')},line={find_line(broken)},title=gradcheck%3A wrong is wrong::"
    starts = (
        f"::error file={Path('reference', 'far.py')},line=1,title=gradcheck%3A far is bad declaration::",
        f"::error file={Path('manual', 'torn.py')},line=1,title=gradcheck%3A torn is bad declaration::",
        wrong + "wrong dx[",
    )
    assert len(found) == len(starts)
    assert all(line.startswith(start) for line, start in zip(found, starts, strict=True))


def find_line(project):
    """The line of the unit `wrong` that has its backward."""
    lines = (project / "manual" / "wrong.py").read_text().splitlines()
    return 1 + next(k for k, line in enumerate(lines) if "lambda" in line)


def test_sarif_has_a_result_for_each_unit_that_is_not_good(broken, run, monkeypatch):
    run(*OPTIONS, "--gradcheck-sarif", "plugin.sarif")
    monkeypatch.chdir(broken)
    monkeypatch.setattr(sys, "argv", ["gradcheck", "verify", "--cases", "2", "-j", "1", "--sarif", "command.sarif"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1
    for name in ("plugin.sarif", "command.sarif"):
        log = json.loads((broken / name).read_text())
        jsonschema.validate(log, REQUIRED)
        results = log["runs"][0]["results"]
        rules = [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
        assert [r["ruleId"] for r in results] == ["bad-declaration", "bad-declaration", "wrong"]
        assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in results)
        place = results[-1]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "manual/wrong.py"
        assert place["region"]["startLine"] == find_line(broken)
        assert results[-1]["message"]["text"].startswith("wrong dx[")


def test_a_right_project_has_no_result_and_no_annotation(project, run, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = run("manual/square.py", *OPTIONS, "--gradcheck-sarif", "units.sarif")
    assert "::error" not in done.stdout.str()
    log = json.loads((project / "units.sarif").read_text())
    jsonschema.validate(log, REQUIRED)
    assert log["runs"][0]["results"] == []


@pytest.mark.parametrize(("cases", "few"), [(5, True), (100, False)])
def test_a_profile_with_few_examples_is_said_to_have_few(project, run, cases, few):
    (project / "conftest.py").write_text(PROFILE.format(cases=cases))
    chosen = ("--hypothesis-profile=short", "--collect-only")
    said = "*, Hypothesis profile short (few: `gradcheck verify` judges 100, --gradcheck-cases 100)"
    done = run(*chosen)
    (done.stdout.fnmatch_lines if few else done.stdout.no_fnmatch_line)([said] if few else said)
    run(*chosen, "--gradcheck-cases", 5).stdout.no_fnmatch_line("*(few: *")


def test_checks_are_counted_in_the_same_way_by_pytest_and_by_verify(project, run, capsys, monkeypatch):
    rows = {line.split()[0]: line.split()[1] for line in section(run(*OPTIONS))[1:3]}
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "argv", ["gradcheck", "verify", "--cases", "2", "-j", "1"])
    with pytest.raises(SystemExit):
        cli.main()
    printed = [
        line.split() for line in capsys.readouterr().out.splitlines() if line.startswith(tuple(f"{n} " for n in rows))
    ]
    assert {cells[0]: cells[1] for cells in printed if "/" in cells[1]} == rows
    assert rows == {"square": "7/7", "wrong": "3/7"}


def test_a_test_of_a_new_project_runs_under_plain_pytest(tmp_path):
    """As the script `pytest` does, which leaves the working folder out of the path."""
    write_new_project(tmp_path / "cells")
    (tmp_path / "cells" / "test_own.py").write_text("from manual.decay import decay\ndef test_own(): assert decay\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "gradcheck").symlink_to(Path(gradcheck.__file__).parent)
    script = (
        "import sys; from pathlib import Path; "
        "sys.path[:] = [p for p in sys.path[1:] if not Path(p, 'pyproject.toml').is_file()]; "
        f"sys.path.append({str(tmp_path / 'site')!r}); import pytest; sys.exit(pytest.main(['-q', 'test_own.py']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path / "cells", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
