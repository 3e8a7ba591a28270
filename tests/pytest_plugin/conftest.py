"""Runs pytest, which finds the plugin as it is installed, in this process."""

import sys

import pytest
import torch
from hypothesis import settings

from gradcheck import check
from gradcheck.cli import options as common  # noqa: F401
from gradcheck.judges.jitter import make_jitter
from gradcheck.reporting import unit_table as display  # noqa: F401
from tests.harness import elman, elman_reference
from tests.pytest_plugin.projects import write_project


@pytest.fixture(scope="session")
def imported():
    """Import what a verdict needs: a run takes back what it imports itself, which torch does not bear."""
    check(elman.elman, elman_reference.elman, cases=1)
    with make_jitter(0):
        torch.ones(1) + 1  # torch imports its compiler where a mode is first entered


@pytest.fixture
def project(imported, pytester, monkeypatch):
    """The folder of a project with a right unit, `square`, and a wrong one, `wrong`."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    for name in [n for n in sys.modules if n.partition(".")[0] in ("manual", "reference")]:
        monkeypatch.delitem(sys.modules, name)
    write_project(pytester.path)
    return pytester.path


@pytest.fixture
def run(pytester):
    """Run pytest in that folder; what it did, and its lines.  The profile that it chooses ends with it."""

    def run(*arguments):
        profile = settings.get_current_profile_name()
        try:
            return pytester.runpytest_inprocess("-p", "no:cov", "-p", "no:cacheprovider", *map(str, arguments))
        finally:
            settings.load_profile(profile)

    return run
