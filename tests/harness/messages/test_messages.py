"""The ten commonest mistakes: each message names the line and the cure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gradcheck
from gradcheck import discover
from gradcheck.verification.api import attempt, examine
from tests.harness.messages.recurrence import MANUAL, REFERENCE

RETURN = '        return {"x": dx, "W": dW, "b": db, "a": da}'
MISTAKES = {
    "a float64 buffer": ("np.zeros_like(W)", "np.zeros((H, W.shape[1]))", "give it the dtype of the inputs, np.zeros("),
    "a float64 buffer by name": (
        "np.zeros_like(W)",
        "np.zeros(W.shape, float)",
        "np.float64 is said here: give the dtype",
    ),
    "a float64 scalar": (
        "db += du.sum(axis=0)",
        "db = db + np.float64(1) * du.sum(axis=0)",
        "np.float64 makes float32 arrays float64: write a Python",
    ),
    "np.where with literals": (
        "db += du.sum(axis=0)",
        "db = db + (du * np.where(du > 0, 1.0, 1.0)).sum(axis=0)",
        "np.where of two Python numbers is float64: write np.where(",
    ),
    "a forgotten return of the backward": (RETURN, RETURN.replace("return ", ""), "is a `return` forgotten?"),
    "a forgotten return": (
        "    return Out(",
        "    Out(",
        "returns nothing: a unit returns (outputs, backward); is a `return`",
    ),
    "None for a gradient": ('"b": db', '"b": None', "gradient of b: it is None; return np.zeros_like"),
    "a sum over the wrong axis": (
        "db += du.sum(axis=0)",
        "db = db + du.sum(axis=1)",
        "is it summed over the right axes?",
    ),
    "a sum that is forgotten": (
        "db += du.sum(axis=0)",
        "db = db + du",
        "sum it over the axes that the input does not have",
    ),
    "a gradient that is overwritten": ("dW += du.T @ x[t]", "dW = du.T @ x[t]", "is dW += ... meant?"),
    "another step's state": (
        "da += (du * hs[t])",
        "da += (du * hs[t + 1])",
        "is hs read at the right step? the code has hs[t]",
    ),
    "a missing transpose": ("dW += du.T @ x[t]", "dW += du @ x[t]", "is a transpose (.T) missing"),
}
"""For each mistake, what is written in the place of what, and what the message says."""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()

    def write(old="", new="", reference=REFERENCE):
        assert not old or MANUAL.count(old) == 1
        for side, text in (("manual", MANUAL.replace(old, new) if old else MANUAL), ("reference", reference)):
            (tmp_path / side).mkdir(exist_ok=True)
            (tmp_path / side / "recurrence.py").write_text(text)

    return write


def judge():
    (pair,) = discover()
    return attempt(pair, lambda subject: examine(subject, cases=10))


def test_the_recurrence_is_right(write):
    write()
    assert judge().verdict == "proved"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_message_names_the_line_and_the_cure(write, mistake):
    old, new, cure = MISTAKES[mistake]
    write(old, new)
    message = judge().message
    assert cure in message
    lines = MANUAL.replace(old, new).splitlines()
    *_, number = [k for k, line in enumerate(lines, 1) if new.strip() in line]
    assert f"manual/recurrence.py:{number} " in message


def test_a_pattern_that_is_known_needs_no_guess(write):
    write("dW += du.T @ x[t]", "dW += 2 * du.T @ x[t]")
    message = judge().message
    assert "looks like no known pattern" not in message
    assert "look at" not in message


WITHOUT_TORCH = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
sys.meta_path.insert(0, Missing())
from gradcheck.cli.main import main
main()
"""


def test_torch_that_is_not_installed_is_named_with_the_command(write, tmp_path):
    write(reference="import torch\n")
    command = [sys.executable, "-c", WITHOUT_TORCH, "verify", "recurrence", "-j", "1"]
    path = {**os.environ, "PYTHONPATH": str(Path(gradcheck.__file__).parents[1])}
    done = subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    cure = "install PyTorch: pip install torch, on Linux from PyTorch's index of CPU builds, which are smaller"
    assert cure in done.stdout
    assert 'reference/recurrence.py", line 1' in done.stdout


def test_a_unit_alone_needs_no_torch(tmp_path):
    (tmp_path / "square.py").write_text(
        "import numpy as np\nEXAMPLE = [np.ones(3)]\ndef square(x): return x * x, lambda dy: 2 * x * dy\n"
    )
    command = [sys.executable, "-c", WITHOUT_TORCH, "verify", "square.py", "-j", "1", "--cases", "40"]
    path = {**os.environ, "PYTHONPATH": str(Path(gradcheck.__file__).parents[1])}
    done = subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[1].endswith("  agrees")
