"""The notebook runs, and holds what comes out; one with a broken cell or another output is found."""

import json
import subprocess
import sys

import pytest

from tests.docs.notebook import NOTEBOOK, ROOT, compare

STEPS = ("Derive", "Check", "Break", "Diagnose", "Repair", "Watch it flow")


def run_notebook(path):
    """In a new process: what a kernel sets and warns of does not reach the tests."""
    command = [sys.executable, "-m", "tests.docs.notebook", "--check", str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def stored():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def test_every_cell_runs_and_shows_what_the_notebook_holds():
    done = run_notebook(NOTEBOOK)
    assert (done.returncode, done.stdout) == (0, "walkthrough.ipynb: right\n"), done.stderr


def test_a_broken_cell_is_found(stored, tmp_path):
    first = next(cell for cell in stored["cells"] if cell["cell_type"] == "code")
    stored["cells"] = [first | {"source": "from gradcheck import Subject\nassert Subject.name == 'planted'"}]
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps(stored), encoding="utf-8")
    done = run_notebook(path)
    assert done.returncode == 1
    assert "broken.ipynb: a cell fails" in done.stderr
    assert "assert Subject.name == 'planted'" in done.stderr


def test_another_output_is_found(stored, tmp_path):
    """The outputs that the notebook holds are compared, so a cell that shows less than it did is a difference."""
    first = next(cell for cell in stored["cells"] if cell["cell_type"] == "code")
    planted = {"output_type": "stream", "name": "stdout", "text": ["planted\n"]}
    stored["cells"] = [first | {"source": "print('real')", "outputs": [planted]}]
    path = tmp_path / "changed.ipynb"
    path.write_text(json.dumps(stored), encoding="utf-8")
    done = run_notebook(path)
    assert done.returncode == 1
    assert "-cell 1: planted\n+cell 1: real" in done.stderr


def test_a_changed_verdict_is_a_difference_and_a_changed_time_is_none(stored):
    text = json.dumps(stored)
    assert compare(stored, json.loads(text.replace("proved, diagonal", "agrees, diagonal"))) != ""
    assert compare(stored, json.loads(text.replace(" edits tried in ", "1 edits tried in 1"))) == ""


def test_it_walks_through_every_step_and_shows_each_result(stored):
    headings = [line for cell in stored["cells"] for line in cell["source"] if line.startswith("## ")]
    assert headings == [*(f"## {step}\n" for step in STEPS)]
    shown = ["".join(o["data"]["text/html"]) for c in stored["cells"] for o in c.get("outputs", ()) if "data" in o]
    assert [html.startswith('<div class="gradcheck">') for html in shown] == [True] * 5
    assert "data:image/svg+xml;base64," in shown[-1]
