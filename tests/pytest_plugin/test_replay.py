"""What failed is judged first in the next session too, so that `--lf` does not turn green by luck."""

import pytest

PROFILE = """
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase
settings.register_profile("kept", database=DirectoryBasedExampleDatabase("examples"), derandomize=False)
settings.register_profile("bare", database=None)
"""


@pytest.fixture
def rare(project):
    """The unit square, wrong at one size alone, which no literal of its source names."""
    file = project / "manual" / "square.py"
    right = file.read_text()
    file.write_text(right.replace("2 * x", "(2 + (str(x.shape) == '(3, 8)')) * x"))
    (project / "conftest.py").write_text(PROFILE)
    return file, right


def session(run, profile, *options):
    name = "manual/square.py::square"
    return run(name, f"--hypothesis-profile={profile}", "--gradcheck-cases", 2, "--gradcheck-seed", 9, *options)


def test_a_case_that_failed_is_judged_in_the_next_session(rare, run):
    file, right = rare
    session(run, "kept").assert_outcomes(passed=1)
    run("manual/square.py::square", "--hypothesis-profile=kept", "--gradcheck-case", "T=3,B=8,seed=1")
    session(run, "kept").assert_outcomes(failed=1)
    session(run, "kept").assert_outcomes(failed=1)
    session(run, "bare").assert_outcomes(passed=1)
    file.write_text(right)
    session(run, "kept").assert_outcomes(passed=1)


def test_every_share_judges_it_since_any_may_be_the_one_that_is_run_again(rare, run):
    run("manual/square.py::square", "--hypothesis-profile=kept", "--gradcheck-case", "T=3,B=8,seed=1")
    options = ("--hypothesis-profile=kept", "--gradcheck-cases", 60, "--gradcheck-seed", 9)
    for share in ("1-50", "51-60", "exact"):
        run(f"manual/square.py::square[{share}]", *options).assert_outcomes(failed=1)
