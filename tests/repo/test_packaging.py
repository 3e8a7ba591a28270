"""The wheel works without the source tree."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.pytest_plugin.projects import write_unit

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
    templates = [p.relative_to(ROOT).as_posix() for p in (ROOT / "gradcheck").rglob("*.jinja")]
    schemas = [p.relative_to(ROOT).as_posix() for p in (ROOT / "gradcheck/schema").glob("*.json")]
    assert len(templates) > 2
    assert len(schemas) > 5
    assert {"gradcheck/py.typed", *schemas, *templates} < {*names}
    assert {name.partition("/")[0] for name in names} == {"gradcheck", "gradcheck-0.1.0.dist-info"}


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """A fresh environment with the wheel; the packages that it depends on are borrowed from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    run(sys.executable, "-m", "pip", "--python", folder, "install", "--quiet", "--no-index", "--no-deps", wheel)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def run(*command, cwd=None):
    hidden = ("PYTHONPATH", "GITHUB_STEP_SUMMARY")
    kept = {k: v for k, v in os.environ.items() if k not in hidden and not k.startswith(("PYTEST", "COV"))}
    command = [*map(str, command)]
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_runs_without_the_source_tree(environment, tmp_path):
    assert "Verify hand-written gradients" in run(environment / "bin" / "gradcheck", "--help", cwd=tmp_path)
    code = """if True:
        import gradcheck
        from gradcheck.reporting.html import render_html_report
        print(gradcheck.__file__, render_html_report([])[-7:])
    """
    said = run(environment / "bin" / "python", "-c", code, cwd=tmp_path)
    assert said.startswith(str(environment))
    assert said.endswith("</html>\n")


def test_pytest_judges_a_project_that_is_not_ours(environment, tmp_path):
    write_unit(tmp_path, "square")
    (tmp_path / "pyproject.toml").write_text("[tool.gradcheck]\n")
    options = ("--strict-markers", "--strict-config", "-p", "no:cacheprovider", "--gradcheck-cases", "3")
    out = run(environment / "bin" / "python", "-m", "pytest", *options, cwd=tmp_path)
    assert "gradcheck 0.1.0, numpy " in out
    assert "1 unit: 1 proved, 3 cases, " in out
    assert "= 1 passed in " in out
