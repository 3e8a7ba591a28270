"""What each Hypothesis profile resolves to, with and without CI=true, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import json
from hypothesis import settings
def test_probe(pytestconfig):
    s = settings.default
    stated = dict(max_examples=s.max_examples, derandomize=s.derandomize, database=s.database is not None,
                  deadline=s.deadline, phases=len(s.phases), print_blob=s.print_blob,
                  report_multiple_bugs=s.report_multiple_bugs)
    print("PROFILE", json.dumps(stated))
"""
COMMON = {"deadline": None, "phases": 5, "print_blob": True, "report_multiple_bugs": False}
DEV = {"max_examples": 50, "derandomize": False, "database": True, **COMMON}
CI = {"max_examples": 25, "derandomize": True, "database": False, **COMMON}
CAMPAIGN = {"max_examples": 10_000, "derandomize": False, "database": True, **COMMON}


def resolve(tmp_path, arguments=(), **environment):
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    (tmp_path / "test_probe.py").write_text(PROBE)
    hidden = ("CI", "HYPOTHESIS_PROFILE", "GITHUB_ACTIONS", "TF_BUILD", "BUILDKITE", "GITLAB_CI")
    kept = {k: v for k, v in os.environ.items() if k not in hidden and not k.startswith(("PYTEST", "COV"))}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=kept | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    line = next(line for line in done.stdout.splitlines() if "PROFILE" in line)
    return json.loads(line.partition("PROFILE")[2])


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({}, (), DEV),
        ({"CI": "true"}, (), CI),
        ({"HYPOTHESIS_PROFILE": "campaign"}, (), CAMPAIGN),
        ({"HYPOTHESIS_PROFILE": "campaign", "CI": "true"}, (), CAMPAIGN),
        ({}, ("--hypothesis-profile=campaign",), CAMPAIGN),
        ({"CI": "true"}, ("--hypothesis-profile=campaign",), CAMPAIGN),
        ({"CI": "true"}, ("--hypothesis-profile=dev",), DEV),
        ({}, ("--hypothesis-profile=ci",), CI),
    ],
    ids=str,
)
def test_a_profile_is_what_it_states_wherever_it_runs(tmp_path, environment, arguments, expected):
    assert resolve(tmp_path, arguments, **environment) == expected
