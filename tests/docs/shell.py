"""Runs the commands of a page in one folder; `gradcheck`, `python` and `pytest` in forks of this process.

A fork has torch imported already, which a new Python does in two seconds.
"""

import importlib
import os
import re
import runpy
import shlex
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from types import TracebackType
from typing import NoReturn

import hypothesis.configuration

ROOT = Path(__file__).resolve().parents[2]
PRELOADED = (
    "torch",
    "sympy",
    "hypothesis",
    "jaxtyping",
    "pytest",
    "gradcheck.cli.main",
    "gradcheck.verification.scheduler",
    "gradcheck.mutation",
)
MODULES = {"gradcheck": ("gradcheck.cli.main", "main"), "pytest": ("pytest", "main")}
PACKAGES = re.compile(r"/\S*/site-packages\b")
SECONDS = 120
SHOWN_AS, ROOT_SHOWN_AS = "/path/to/project", "/path/to/gradcheck"


class Shell:
    """A folder, and the exit code of the last command, which `echo $?` prints."""

    def __init__(self, folder: Path) -> None:
        self.folder = self.cwd = folder.resolve()
        self.code = 0

    def run(self, command: str) -> str:
        """What the command prints, errors too; the folder's name does not show."""
        program, *arguments = shlex.split(command.partition(" | ")[0])
        if program == "cd":
            self.cwd, self.code = (self.cwd / arguments[0]).resolve(strict=True), 0
            return ""
        if program in ("python", *MODULES):
            printed = self.fork(program, arguments)
            _, pipe, rest = command.partition(" | ")
            printed = self.bash(rest, printed) if pipe else printed
        else:
            printed = self.bash(command)
        printed = PACKAGES.sub("/path/to/site-packages", printed).replace(str(self.folder), SHOWN_AS)
        return printed.replace(str(ROOT), ROOT_SHOWN_AS).strip("\n")

    def bash(self, command: str, given: str = "") -> str:
        script = f"(exit {self.code})\n{command}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.cwd,
            env=environment(),
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        self.code = done.returncode
        return done.stdout

    def fork(self, program: str, arguments: list[str]) -> str:
        for module in PRELOADED:
            importlib.import_module(module)
        with tempfile.TemporaryFile() as output:
            sys.stdout.flush()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside the threads of a library
                child = os.fork()
            if child == 0:
                become(program, arguments, self.cwd, output.fileno())
            self.code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            output.seek(0)
            return output.read().decode()


def become(program: str, arguments: list[str], cwd: Path, output: int) -> NoReturn:
    """The life of a fork: the program, then its exit."""
    code: object = 1
    try:
        signal.alarm(SECONDS)
        settle(cwd, output)
        try:
            execute(program, arguments)
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        except BaseException as error:
            traceback.print_exception(error.with_traceback(theirs(error.__traceback__)))
        if isinstance(code, str):
            print(code, file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code if isinstance(code, int) else 1)


def settle(cwd: Path, output: int) -> None:
    """Make folder, environment, streams and path what a new process there would find; no source tree is on the path."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    os.chdir(cwd)
    hypothesis.configuration.set_hypothesis_home_dir(cwd / ".hypothesis")
    os.environ.clear()
    os.environ.update(environment())
    sys.path[:] = ["", *(path for path in sys.path[1:] if not Path(path, "pyproject.toml").is_file())]
    sys.dont_write_bytecode = True


def theirs(trace: TracebackType | None) -> TracebackType | None:
    """The traceback below what a new process would not have."""
    while trace is not None and trace.tb_frame.f_code.co_filename in (__file__, "<frozen runpy>"):
        trace = trace.tb_next
    return trace


def execute(program: str, arguments: list[str]) -> None:
    """As `python -m MODULE`, `python -c CODE` or `python FILE` would."""
    match [program, *arguments]:
        case ["python", "-c", code, *rest]:
            sys.argv = ["-c", *rest]
            exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
        case ["python", "-m", module, *rest]:
            sys.argv, sys.path[0] = [module, *rest], os.getcwd()
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case ["python", file, *rest]:
            sys.argv, sys.path[0] = [file, *rest], str(Path(file).resolve().parent)
            runpy.run_path(file, run_name="__main__")
        case [module, *rest]:
            sys.argv, sys.path[:1] = [module, *rest], []
            sys.exit(getattr(importlib.import_module(MODULES[module][0]), MODULES[module][1])())


def environment() -> dict[str, str]:
    """Of this process, without what would change what is printed."""
    kept = {n: v for n, v in os.environ.items() if n != "CI" and not n.startswith(("GITHUB", "PYTEST", "HYPOTHESIS"))}
    fixed = {"COLUMNS": "120", "LINES": "50", "NO_COLOR": "1", "TERM": "dumb", "OMP_NUM_THREADS": "1"}
    preloaded = {"PYTEST_ADDOPTS": "-W ignore::pytest.PytestAssertRewriteWarning"}  # of plugins imported already
    return {**kept, **fixed, **preloaded, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
