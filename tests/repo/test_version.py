"""`gradcheck.__version__` is the version that is released: that of pyproject.toml and of the changelog."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import gradcheck

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_that_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert gradcheck.__version__ == project["version"]
    assert "__version__" in dir(gradcheck)


def test_the_changelog_dates_the_version_below_what_is_unreleased():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(gradcheck.__version__)} \(\d{{4}}-\d{{2}}-\d{{2}}\)", headings[1])


def test_importing_gradcheck_reads_no_metadata():
    """pytest imports the package in every project of an environment: only who asks for the version pays for it."""
    code = "import sys, gradcheck; print('importlib.metadata' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
