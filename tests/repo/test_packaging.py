"""The wheel works without the source tree."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = """
import sys
from hatchling.builders.wheel import WheelBuilder
print(next(WheelBuilder(sys.argv[1]).build(directory=sys.argv[2])))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(ROOT), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip().splitlines()[-1])


def test_the_wheel_holds_the_harness_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "gradcheck/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {"gradcheck", "gradcheck-0.1.0.dist-info"}


def test_the_wheel_runs_away_from_the_source_tree(wheel, tmp_path):
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    code = (
        "import gradcheck.cli, sys; print(gradcheck.__file__); sys.argv = ['gradcheck', '--help']; gradcheck.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(unpacked)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert str(unpacked) in done.stdout
    assert "Verify hand-written gradients" in done.stdout
