"""Whatever a unit does to its process, it loses its own verdict alone, and what is said of it names the remedy."""

import io
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from gradcheck import GradientMismatch
from gradcheck.cli import main as cli
from gradcheck.unit.discovery import discover
from gradcheck.unit.isolation import read_generators
from tests.harness.schemas import read_valid

ROOT = Path(__file__).resolve().parents[2]
MANUAL = """import ctypes, os, random, sys, time
import numpy as np
from typing import Any, NamedTuple
from collections.abc import Callable
from jaxtyping import Float

Array = np.ndarray[Any, np.dtype[Any]]
{before}

class Output(NamedTuple):
    y: Float[Array, "T B"]


def {name}(x: Float[Array, "T B"]) -> tuple[Output, Callable[[Output], dict[str, Array]]]:
    {first}
    return Output(2 * x), lambda d: {{"x": 2 * (np.zeros_like(x) if d.y is None else d.y)}}
"""
REFERENCE = """from typing import NamedTuple
from jaxtyping import Float
from torch import Tensor


class Output(NamedTuple):
    y: Float[Tensor, "T B"]


def {name}(x: Float[Tensor, "T B"]) -> Output:
    return Output(2 * x)
"""
CASE = "T=1,B=1,seed=0"
LOST = "its process died"
# What is done before the function or first in it, the verdict, and the beginning of what is said.
UNITS = {
    "right": ("", "pass", "agrees", ""),
    "prints": ("print('imported')", "print('called')", "agrees", ""),
    "sets_up": ("np.seterr(all='raise'); np.random.seed(0)", "pass", "agrees", ""),
    "loops": ("", "while True: pass", "not judged", "loops: it did not finish within 2 s of processor time; fix an"),
    "exits": (
        "",
        "sys.exit(3)",
        "wrong",
        "exits forward raised SystemExit: 3\n  raised     {file}:15 in exits: sys.exit",
    ),
    "exits_hard": ("", "os._exit(4)", "not judged", f"exits_hard: {LOST} (exit: code 4); fix the code that"),
    "crashes": ("", "ctypes.string_at(0)", "not judged", f"crashes: {LOST} (crash: signal 11 (SIGSEGV)); fix the"),
    "interrupts": ("", "raise KeyboardInterrupt", "not judged", f"interrupts: {LOST} (raised KeyboardInterrupt); fix"),
    "recurses": ("def f(n): return f(n + 1)", "f(0)", "wrong", "recurses forward raised RecursionError: maximum "),
    "asks": ("", "input()", "wrong", "asks forward raised EOFError: EOF when reading a line"),
    "exits_at_once": (
        "sys.exit('bye')",
        "pass",
        "bad declaration",
        "{file}: it does not import (SystemExit: bye); fix the",
    ),
    "dies_at_once": ("os._exit(5)", "pass", "not judged", f"dies_at_once: {LOST} (exit: code 5); fix the code"),
    "loops_at_once": ("while True: pass", "pass", "not judged", "loops_at_once: it did not finish within 2 s of"),
    "misspelt": (
        "def f(:",
        "pass",
        "bad declaration",
        "{file}: it does not import (SyntaxError: invalid syntax (misspelt.py, line 8)); fix the file\n"
        '    File "{file}", line 8\n      def f(:\n            ^\n  SyntaxError: invalid syntax',
    ),
    "divides": (
        "def g():\n    return 1 / 0\ng()",
        "pass",
        "bad declaration",
        "{file}: it does not import (ZeroDivisionError: division by zero); fix the file\n"
        '    File "{file}", line 10, in <module>\n      g()\n    File "{file}", line 9, in g\n      return 1 / 0\n',
    ),
    "none": (
        "",
        "return Output(None), None",
        "bad declaration",
        "none: returns a tuple: a unit returns (outputs, back",
    ),
    "no_gradient": (
        "",
        "return Output(2 * x), lambda d: {'x': None}",
        "bad declaration",
        "no_gradient: gradient of x: it is None; return np.zeros_like of the input if no output",
    ),
    "ragged": (
        "",
        "return Output([[1.0], [2.0, 3.0]]), lambda d: {'x': x}",
        "bad declaration",
        "ragged: output y: it is not an array (ValueError: setting an array element with a sequence.",
    ),
    "wordless": (
        "class Wordless(Exception):\n    def __str__(self): raise ValueError",
        "raise Wordless",
        "wrong",
        "wordless forward raised Wordless: its text cannot be made: ValueError\n  raised     {file}:16 in wordless: ",
    ),
    "closes": ("", "os.closerange(3, 100)", "not judged", f"closes: {LOST} (exit: code 0); fix the code that"),
    "shapeless": (
        "Float = {Array: Array, (Array, 'T B'): Array}",
        "pass",
        "bad declaration",
        "shapeless: argument x: its annotation ndarray does not say its kind and shape; use Float, Complex",
    ),
}


def write(folder, units):
    for side, template in (("manual", MANUAL), ("reference", REFERENCE)):
        (folder / side).mkdir()
        for name, (before, first, *_) in units.items():
            text = template.format(name=name, before=before, first=first)
            (folder / side / f"{name}.py").write_text(text)
    (folder / "pyproject.toml").write_text("")
    return folder


def run(folder, *arguments, command="verify"):
    """The exit code, output and errors of the command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["gradcheck", command, *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as stop:
            cli.main()
    return stop.value.code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """All of them, judged in one run."""
    folder = write(tmp_path_factory.mktemp("bad"), UNITS)
    code, out, err = run(folder, "--cases", 2, "--no-exact", "--timeout", 2, "-j", 2, "--json", "-")
    return folder, code, {unit["name"]: unit for unit in read_valid(out)["units"]}, err


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_told_for_what_it_does_and_the_others_are_judged(judged, name):
    folder, code, units, err = judged
    *_, verdict, message = UNITS[name]
    unit = units[name]
    assert (code, unit["verdict"]) == (1, verdict)  # some are wrong, beside those that cannot be judged
    assert (unit["message"] or "").startswith(message.format(file=folder / "manual" / f"{name}.py"))
    assert unit["message"] is None or unit["message"] in err
    assert "importlib" not in str(unit["message"])


def test_what_kept_a_unit_from_its_verdict_can_be_seen_again(judged):
    folder, _, units, _ = judged
    lines = units["crashes"]["message"].splitlines()
    assert lines[1:] == ["  at         T=1 B=1 seed=0", f"  rerun      gradcheck verify crashes --case {CASE}"]
    assert units["dies_at_once"]["message"].splitlines()[1:] == ["  at         import"]
    code, out, _ = run(folder, *lines[-1].split()[3:])
    assert (code, units["crashes"]["message"] in out) == (2, True)


def test_what_a_unit_prints_is_told_and_in_nobodys_way(judged):
    folder, _, units, err = judged
    again = f"prints --case {units['prints']['worst_case']}"
    assert units["prints"]["printed"].startswith("imported\ncalled\n")
    assert f"prints prints 'imported' while it is judged; to see all of it: gradcheck verify {again}\n" in err
    assert "called" not in err
    assert [name for name, unit in units.items() if unit["printed"]] == ["prints"]
    assert "\nprints printed:\nimported\ncalled\ncalled\n" in run(folder, *again.split())[1]


IMPURE = {
    "seeds NumPy's": ("np.random.seed(0)", "NumPy's global random generator is drawn from or seeded"),
    "draws from NumPy's": ("np.random.random()", "NumPy's global random generator is drawn from or seeded"),
    "seeds Python's": ("random.seed(1)", "Python's global random generator is drawn from or seeded"),
    "ignores errors": ("np.seterr(all='ignore')", "forward changes NumPy's error state"),
    "raises errors": ("np.seterr(over='raise')", "forward changes NumPy's error state"),
}


@pytest.mark.parametrize("bug", IMPURE)
def test_a_change_of_what_all_share_is_impure_and_taken_back(tmp_path, bug):
    first, headline = IMPURE[bug]
    (pair,) = discover(write(tmp_path, {"impure": ("", first)}))
    np.random.seed(0)  # noqa: NPY002, that it is set again must be seen
    before, errors = read_generators(), np.geterr()
    from gradcheck import Subject, check

    subject: Subject = pair.load()
    for case in (None, CASE):
        with pytest.raises(GradientMismatch) as error:
            check(subject.unit, subject.reference, cases=3, case=case, diagnose=False)
        assert str(error.value).startswith(f"impure {headline}\n  remedy     ")
        assert error.value.report.failure.check == "purity"
    assert (read_generators(), np.geterr()) == (before, errors)


@pytest.fixture
def drawing():
    """A thread that draws from Python's global generator, as those of servers and clients do."""
    done = threading.Event()

    def draw():
        while not done.wait(0.005):
            random.random()

    thread = threading.Thread(target=draw)
    thread.start()
    yield
    done.set()
    thread.join()


@pytest.mark.usefixtures("drawing")
def test_what_another_thread_draws_is_no_fault_of_the_unit(tmp_path):
    write(tmp_path, {"purity": ("", "pass"), "impure": ("", "random.random()")})
    from gradcheck.verification.api import examine

    options = {"cases": 300, "exact": False, "diagnose": False}
    said = {pair.name: examine(pair.load(), **options).message for pair in discover(tmp_path)}
    assert said["impure"].startswith("impure Python's global random generator is drawn from or seeded\n")
    assert said["purity"] == ""


def test_a_generator_and_an_error_state_of_its_own_are_no_fault(tmp_path):
    first = "random.Random(0).random(), np.random.default_rng(0).random()\n    with np.errstate(all='raise'): x + 1"
    write(tmp_path, {"purity": ("", first)})
    assert run(tmp_path, "--cases", 5, "--no-exact")[0] == 0


REQUESTS = {
    (
        "--json",
        "manual",
    ): "gradcheck: --json manual: it cannot be written (Is a directory); name a file in a folder that",
    ("--json", "no/file.json"): "gradcheck: --json no/file.json: it cannot be written (No such file or directory);",
    ("--timeout", "0"): "gradcheck: --timeout 0: it is not a positive number; give a number of seconds above 0",
    ("--timeout", "nan"): "gradcheck: --timeout nan: it is not a positive number; give a number of seconds above 0",
    ("-j", "0"): "gradcheck: --jobs 0: it is too small; give 1 or more",
    ("--timeout", "soon"): "Error: Invalid value for '--timeout': ",
    ("--case", "T=1,B=1,Q=2"): "gradcheck: case 'Q=2': right has no 'Q'; it has T, B; a case id looks like T=2",
}


@pytest.mark.parametrize("arguments", REQUESTS, ids=" ".join)
def test_a_wrong_request_exits_with_2_and_says_why(tmp_path, arguments):
    code, _, err = run(write(tmp_path, {"right": UNITS["right"]}), *arguments)
    assert code == 2
    assert REQUESTS[arguments] in err
    assert not list(tmp_path.rglob("*.json"))


def test_a_file_that_cannot_be_written_in_the_end_is_told(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    write(tmp_path, {"right": UNITS["right"]})
    monkeypatch.setattr("gradcheck.output.files.os.replace", fail)
    code, out, err = run(tmp_path, "--cases", 1, "--no-exact", "--json", "full.json")
    assert code == 2
    assert "1 unit: 1 agrees" in out
    assert "--json full.json: it cannot be written (No space left on device); name a file" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_shows_and_writes_what_is_done(tmp_path, number):
    write(tmp_path, {"a": UNITS["right"], "b": UNITS["loops"], "c": UNITS["right"]})
    command = [sys.executable, "-m", "gradcheck", "verify", "--cases", "1", "--no-exact", "-j", "2", "--json", "v.json"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}, stdout=-1, stderr=-1, text=True
    )
    rows = [process.stdout.readline() for _ in range(2)]
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (128 + number, "")
    assert rows[1].startswith("a ")
    assert "interrupted; not judged: b" in out
    content = read_valid((tmp_path / "v.json").read_text())
    assert content["interrupted"] is True
    assert content["units"][0]["name"] == "a"
    assert "b" not in [unit["name"] for unit in content["units"]]
