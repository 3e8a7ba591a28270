"""The two folders of units mirror each other and import only what they may; `make lint` keeps gradcheck's layers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gradcheck
from gradcheck.pytest_plugin.project import get_project

ROOT = Path(__file__).resolve().parents[2]
STANDARD = set(sys.stdlib_module_names)
OUTSIDE = {"torchrecurrent", "minGRU_pytorch", "LRU_pytorch"}
MAY_IMPORT = {
    "manual": {"numpy", "jaxtyping"},
    "reference": {"torch", "jaxtyping", *OUTSIDE},
}


def imported(path):
    return imported_by(ast.walk(ast.parse(path.read_text())))


def imported_by(nodes):
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room):
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    found = {name for path in files for name in imported(path)} - STANDARD
    assert found <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", sorted((ROOT / "reference").glob("*.py")), ids=lambda p: p.stem)
def test_a_package_that_may_be_missing_is_imported_only_when_it_is_asked(path):
    at_once = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert not OUTSIDE & set(imported_by(at_once))


@pytest.mark.parametrize("statement", ["import gradcheck", "import gradcheck.cli"])
def test_torch_is_imported_only_when_a_judge_runs(statement):
    late = ("numpy", "torch", "hypothesis", "jaxtyping", "jinja2", "matplotlib", "distributed")
    code = f"import sys; {statement}; print([m for m in {late} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_unit_has_its_twin():
    names = {side: {p.stem for p in (ROOT / side).glob("[!_]*.py")} for side in ("manual", "reference")}
    assert names["manual"] == names["reference"]
    assert {pair.name for pair in gradcheck.discover(ROOT)} == names["manual"]


def test_pytest_judges_every_unit(pytestconfig):
    """By the plugin, which walks `manual` because testpaths names it: there is no test file of units."""
    assert "manual" in pytestconfig.getini("testpaths")
    assert pytestconfig.pluginmanager.has_plugin("gradcheck")
    units = get_project(pytestconfig, ROOT).units
    assert [path.stem for path in units] == [pair.name for pair in gradcheck.discover(ROOT)]
    assert {path.parent for path in units} == {ROOT / "manual"}


def test_public_names_are_documented():
    for name in gradcheck.__all__:
        assert (getattr(gradcheck, name).__doc__ or "").strip(), name


@pytest.mark.parametrize("path", sorted((ROOT / "manual").glob("[!_]*.py")), ids=lambda p: p.stem)
def test_a_unit_opens_with_its_derivation_and_source(path):
    header = ast.get_docstring(ast.parse(path.read_text()))
    assert "Source:" in header
    assert " = " in header


def test_dependencies_are_locked_to_exact_versions():
    lines = [line.partition(";")[0] for line in (ROOT / "requirements.lock").read_text().splitlines()]
    assert "torch==2.13.0" in lines
    assert all(line.count("==") == 1 for line in lines)
