"""A new pair of files is judged by the suite of units with no other change."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
OUTPUT = """
from typing import Any, NamedTuple
from jaxtyping import Float
import {library}

class Output(NamedTuple):
    y: Float[{array}, "T B"]

"""
MANUAL = """
def {name}(x: Float[np.ndarray, "T B"]) -> tuple[Output, Any]:
    return Output(x * x), lambda d: {{"x": {slope} * x * (np.zeros_like(x) if d.y is None else d.y)}}
"""
REFERENCE = """
def {name}(x: Float[Tensor, "T B"]) -> Output:
    return Output(x * x)
"""


def write_pair(folder, name, slope):
    ours = OUTPUT.format(library="numpy as np", array="np.ndarray") + MANUAL.format(name=name, slope=slope)
    theirs = OUTPUT.format(library="torch", array="Tensor").replace("import torch", "from torch import Tensor")
    (folder / "manual" / f"{name}.py").write_text(ours)
    (folder / "reference" / f"{name}.py").write_text(theirs + REFERENCE.format(name=name))


def test_a_new_pair_is_judged(tmp_path):
    """A project of two units, one of them wrong, tested by copies of our own files on a worker."""
    for name in ("manual", "reference"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    for name in ("pyproject.toml", "conftest.py", "tests/cells/test_units.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    write_pair(tmp_path, "square", slope=2)
    write_pair(tmp_path, "wrong_square", slope=2.0001)
    command = [sys.executable, "-m", "pytest", "-n", "1", "--junitxml=report.xml", "-p", "no:cacheprovider"]
    wide = {**os.environ, "COLUMNS": "300"}
    done = subprocess.run(command, cwd=tmp_path, env=wide, capture_output=True, text=True, check=False)
    report = ElementTree.parse(tmp_path / "report.xml")

    failed = {case.get("name"): case.find("failure") is not None for case in report.iter("testcase")}
    assert failed == {"test_unit[square]": False, "test_unit[wrong_square]": True}

    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert "test_unit[wrong_square] - Failed: wrong_square dx" in line
    assert "complex step" in line
    assert "gradcheck verify wrong_square --case T=" in done.stdout
    assert "  seed      " in done.stdout

    found = [json.loads(p.get("value")) for p in report.iter("property") if p.get("name") == "gradcheck"]
    assert {r["name"]: r["verdict"] for r in found} == {"square": "proved", "wrong_square": "wrong"}
