"""What the command line prints on a terminal and in a pipe; what it says of a slip of the pen."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import gradcheck
from tests.harness.test_cli import project, run  # noqa: F401  (fixtures)

VERIFY = (sys.executable, "-m", "gradcheck", "verify", "--cases", "4", "--mutants", "0", "-j", "1")
COLOR = "\x1b[1;32m"
FRAME = "\x1b[2K"


def environment(**given):
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    path = {"PYTHONPATH": str(Path(gradcheck.__file__).parents[1])}
    return {**kept, **path, "TERM": "xterm-256color", **given}


def run_piped(folder, **given):
    return subprocess.run(
        VERIFY, cwd=folder, env=environment(**given), capture_output=True, text=True, check=True
    ).stdout


def run_on_terminal(folder, **given):
    """Run it on a terminal of its own; return all that it wrote there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(VERIFY, cwd=folder, env=environment(**given), stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                written += (more := os.read(ours, 65536))
            except OSError:  # the other side is closed
                break
            if not more:
                break
    os.close(ours)
    assert process.returncode == 0
    return written.decode()


def test_a_pipe_gets_no_color_and_no_frames(project):  # noqa: F811
    assert "\x1b" not in run_piped(project)


def test_force_color_colors_a_pipe_and_no_color_wins_on_a_terminal(project):  # noqa: F811
    forced = run_piped(project, FORCE_COLOR="1")
    assert f"{COLOR}proved" in forced
    assert FRAME not in forced
    plain = run_on_terminal(project, NO_COLOR="1")
    assert COLOR not in plain
    assert "proved" in plain


@pytest.mark.parametrize("columns", ["40", "200"])
def test_rows_come_one_by_one_on_a_terminal_of_any_width(project, columns):  # noqa: F811
    shown = run_on_terminal(project, COLUMNS=columns)
    first, second = shown.index("activation    "), shown.index("output_layer    ")
    assert first < second
    assert FRAME in shown[first:second]  # progress goes on between the rows
    assert f"{COLOR}proved" in shown


def test_quiet_and_verbose(run, project):  # noqa: F811
    options = ("verify", "--cases", 4, "--mutants", 0, "-j", 1)
    code, out, _ = run(*options, "-q", cwd=project)
    assert (code, out.strip().count("\n")) == (0, 0)
    assert out.strip().startswith("2 units: 2 proved, 8 cases, ")
    _, out, _ = run(*options, "-v", "activation", cwd=project)
    assert "activation: proved, 4 cases\n  covers      " in out
    assert "\n  passed      shapes, purity, forward, " in out
    assert run(*options, "-q", "-v", cwd=project)[0] == 2


def test_version_and_short_help(run):  # noqa: F811
    assert run("--version")[:2] == (0, f"gradcheck {gradcheck.__version__}\n")
    for command in ((), ("verify",), ("repair",)):
        code, out, _ = run(*command, "-h")
        assert (code, out.startswith("Usage: ")) == (0, True)
    assert "--install-completion" in run("-h")[1]


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("Activation",), "unit 'Activation': there is no such unit; did you mean activation?"),
        (("activation", "--case", "T=2,B=1,H=1,sed=3"), "has no 'sed'; did you mean seed?"),
        (("activation", "--cass", "3"), "--case"),
    ],
)
def test_did_you_mean(run, project, arguments, meant):  # noqa: F811
    code, out, err = run("verify", *arguments, cwd=project)
    assert code == 2
    assert meant in out + err


def test_a_path_may_be_text(project):  # noqa: F811
    assert gradcheck.discover(str(project)) == gradcheck.discover(project)
