"""Workers of pytest-xdist, and what the plugin imports where there is nothing to judge."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

from tests.pytest_plugin.projects import write_project

PROBE = """
import sys, pytest
code = pytest.main(sys.argv[1:])
print([m for m in ("torch", "hypothesis", "numpy", "jaxtyping", "rich", "typer") if m in sys.modules])
sys.exit(code)
"""
CONFTEST = """
from pathlib import Path
from gradcheck.pytest_plugin.settings import SESSION_SEED
def pytest_sessionfinish(session):
    process = "worker" if hasattr(session.config, "workerinput") else "controller"
    Path(f"{process}.seed").write_text(str(session.config.stash[SESSION_SEED]))
"""


def python(folder, *arguments, **environment):
    environment = {**os.environ, "COLUMNS": "300", **environment}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_worker_judges_and_its_controller_says_it_once(tmp_path):
    write_project(tmp_path)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    page = tmp_path / "page.md"
    files = ("--gradcheck-report", "units.json", "--junitxml", "junit.xml")
    options = ("-p", "no:cacheprovider", "-n", "1", "--gradcheck-cases", "4", "-ra", *files)
    done = python(tmp_path, "-m", "pytest", *options, GITHUB_STEP_SUMMARY=str(page))
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.strip("= ") == "gradcheck" for line in lines) == 1
    assert any(line.startswith("2 units: 1 proved, 1 wrong, 5 cases, ") for line in lines)
    assert "  pytest manual/wrong.py::wrong --gradcheck-case T=1,B=1,seed=0" in lines
    (failed,) = [line for line in lines if line.startswith("FAILED")]
    assert failed.startswith("FAILED manual/wrong.py::wrong - wrong dx[")
    assert "complex step" in failed

    verdicts = {"square": "proved", "wrong": "wrong"}
    units = json.loads((tmp_path / "units.json").read_text())["units"]
    assert {u["name"]: u["verdict"] for u in units} == verdicts
    cases = ElementTree.parse(tmp_path / "junit.xml").iter("testcase")
    found = {c.get("name"): {p.get("name"): p.get("value") for p in c.iter("property")} for c in cases}
    assert {name: properties["gradcheck_verdict"] for name, properties in found.items()} == verdicts
    assert page.read_text().count("## gradcheck") == 1
    assert (tmp_path / "worker.seed").read_text() == (tmp_path / "controller.seed").read_text()


def test_nothing_is_imported_where_there_is_nothing_to_judge(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n")
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = python(tmp_path, "-c", PROBE, "-p", "gradcheck", "-p", "no:cacheprovider", **alone)
    assert done.returncode == 0, done.stderr
    assert "1 passed" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
    assert not any(line.startswith("gradcheck") for line in done.stdout.splitlines())
