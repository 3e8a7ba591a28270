"""--write changes what was read and nothing else: a file that has changed since is left alone."""

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tests.harness.repair as here
from gradcheck.cli.main import app
from gradcheck.repair import repair
from gradcheck.repair.patch import Patch
from gradcheck.unit.discovery import UsageError, locate_unit
from tests.harness.schemas import read_valid

FOLDER = Path(here.__path__[0])
RIGHT, WRONG = "dh * (h_0 - n) * z * (1 - z)", "dh * (h_0 - n) * z"


@pytest.fixture
def files(tmp_path, request):
    """A wrong unit and its reference in folders of their own, its line ends those of Windows."""
    packages = [f"{name}_{request.node.name}" for name in ("by_hand", "reference")]
    unit, reference = (tmp_path / package / "gated.py" for package in packages)
    for file in (unit, reference):
        file.parent.mkdir()
    text = (FOLDER / "gated.py").read_text().replace(RIGHT, WRONG)
    unit.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    unit.chmod(0o640)
    shutil.copy(FOLDER / "gated_reference.py", reference)
    return unit, reference


def repaired(files) -> Patch:
    return repair(locate_unit(*map(str, files)).load(), cases=3, most=1, workers=1).patches[0]


def test_the_rest_of_the_file_is_kept_byte_for_byte(files):
    before = files[0].read_bytes()
    repaired(files).write()
    assert files[0].read_bytes() == before.replace(WRONG.encode(), RIGHT.encode())
    assert files[0].stat().st_mode & 0o777 == 0o640
    assert os.listdir(files[0].parent).count("gated.py") == 1
    assert not [name for name in os.listdir(files[0].parent) if name.startswith(".gradcheck")]


def test_a_file_that_has_changed_is_refused(files):
    patch = repaired(files)
    changed = files[0].read_bytes() + b"# a note\r\n"
    files[0].write_bytes(changed)
    with pytest.raises(UsageError, match="changed on disk since it was read; nothing was written"):
        patch.write()
    assert files[0].read_bytes() == changed


def test_the_command(files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = ["repair", *map(str, files), "--cases", "3", "--jobs", "1"]
    shown = CliRunner().invoke(app, [*arguments, "--json", "patches.json", "--write"])
    assert shown.exit_code == 0, shown.output
    assert f"+        da = {RIGHT}" in shown.output.replace("\r", "")
    assert "proved: 3 cases" in shown.output
    (found,) = read_valid((tmp_path / "patches.json").read_text())["units"]
    assert (found["status"], found["patches"][0]["report"]["verdict"]) == ("repaired", "proved")
    assert RIGHT in files[0].read_text()


@pytest.mark.parametrize("wrong", [["--edits", "3"], ["--edits", "0"], ["--timeout", "0"], ["--jobs", "0"]])
def test_wrong_usage(wrong):
    with pytest.raises(UsageError):
        CliRunner().invoke(app, ["repair", "nothing", *wrong], catch_exceptions=False)
