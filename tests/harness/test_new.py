"""`gradcheck new`: files that pass lint and types, whose verdict says what to fill in next, or nothing at all."""

import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from gradcheck.cli import main as cli
from gradcheck.scaffold import CellTemplate, write_cell, write_project
from gradcheck.scaffold.files import write_new_files
from gradcheck.unit.discovery import UsageError
from tests.docs.shell import Shell

ROOT = Path(__file__).resolve().parents[2]
CELLS = {
    "ugrnn": CellTemplate("ugrnn", ("z", "n")),
    "one gate": CellTemplate("plain", activation="logistic"),
    "two states": CellTemplate("my_lstm", ("i", "f", "o", "g"), ("h", "c")),
    "as much as may be": CellTemplate("a_unit_of_the_longest_name_of_32", tuple("ifogb"), tuple("hcm"), "relu"),
}
# What is to be written, in the order in which the verdict asks for it.
STEPS = (
    ("manual", "write h, the state after this step, from z, n, h_prev", "h = z * h_prev + (1 - z) * n"),
    ("manual", "return h", "return h"),
    ("reference", "write the state after this step, h, as manual has it", "return z * h_prev + (1 - z) * n"),
    ("manual", "write dz, the gradient of z, from dh", "dz = dh * (h_prev - n)"),
    ("manual", "write dn, the gradient of n, from dh", "dn = dh * (1 - z)"),
    ("manual", "write dh_prev, the gradient of h_prev but for what comes by way of u", "dh_prev = dh * z"),
    ("manual", "return dz, dn, dh_prev", "return dz, dn, dh_prev"),
)


LSTM = {
    "manual": (
        "    c = f * c_prev + i * g\n    return o * np.tanh(c), c\n",
        "    tanh_c = np.tanh(f * c_prev + i * g)\n    dc = dc + dh * o * (1 - tanh_c * tanh_c)\n"
        "    return dc * g, dc * c_prev, dh * tanh_c, dc * i, np.zeros_like(h_prev), dc * f\n",
    ),
    "reference": ("    c = f * c_prev + i * g\n    return o * torch.tanh(c), c\n",),
}


@pytest.fixture
def project(tmp_path):
    for name in ("manual", "reference"):
        (tmp_path / name).mkdir()
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A new project with some new cells."""
    folder = tmp_path_factory.mktemp("new") / 'My "first" gradients!'
    write_project(folder)
    for cell in CELLS.values():
        write_cell(cell, folder)
    return folder


def run(monkeypatch, capsys, folder, *arguments):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["gradcheck", "new", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as stop:
        return stop.code, capsys.readouterr()
    return 0, capsys.readouterr()


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("config", ["its own", "ours"])
def test_what_is_written_passes_lint(whole, config):
    given = [] if config == "its own" else ["--config", str(ROOT / "pyproject.toml")]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", *given, "manual", "reference"],
            cwd=whole,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_written_passes_strict_types(whole):
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache")]
    done = subprocess.run(command, cwd=whole, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues found in 10 source files" in done.stdout


def test_a_project_has_a_name_that_fits(whole):
    assert tomllib.loads((whole / "pyproject.toml").read_text())["project"]["name"] == "my-first-gradients"


def test_pytest_judges_the_units_of_a_project(tmp_path):
    """Its own unit, which is proved, and a wrong copy of it."""
    write_project(tmp_path / "new")
    for side in ("manual", "reference"):
        text = (tmp_path / "new" / side / "decay.py").read_text()
        assert text.count("dx[t] = dys[t] + dh") == (side == "manual")
        wrong = text.replace("dx[t] = dys[t] + dh", "dx[t] = dys[t]").replace("def decay(", "def wrong(")
        (tmp_path / "new" / side / "wrong.py").write_text(wrong)
    shell = Shell(tmp_path / "new")
    printed = shell.run("pytest -q")
    assert "1 failed, 1 passed" in printed
    assert "wrong dh_0[0,0]: manual" in printed
    assert shell.code == 1


def test_the_verdict_says_step_by_step_what_to_fill_in(project):
    shell = Shell(project)
    assert shell.run("gradcheck new ugrnn --gates z,n").splitlines() == [
        "written: manual/ugrnn.py",
        "written: reference/ugrnn.py",
        "next: gradcheck verify ugrnn",
    ]
    for side, asked, answer in STEPS:
        printed = shell.run("gradcheck verify ugrnn")
        message = printed.splitlines()[3]
        found = re.match(rf"ugrnn: {side}/ugrnn.py:(\d+) is not written yet; (.*)", message)
        assert found, printed
        assert found[2].startswith(asked)
        assert shell.code == 2
        write_line(project / side / "ugrnn.py", int(found[1]), answer)
    assert "1 unit: 1 proved" in shell.run("gradcheck verify ugrnn --cases 5 --mutants 0")
    assert shell.code == 0


def write_line(path, number, text):
    lines = path.read_text().splitlines()
    assert lines[number - 1].strip().startswith("raise NotImplementedError(")
    lines[number - 1] = f"    {text}"
    path.write_text("\n".join(lines) + "\n")


def test_a_cell_of_two_states_is_proved_when_it_is_filled_in(project):
    write_cell(CELLS["two states"], project)
    for side, answers in LSTM.items():
        path = project / side / "my_lstm.py"
        text = re.sub(r"( +raise NotImplementedError\(.*\n)+", "    ...\n", path.read_text())
        assert text.count("    ...\n") == len(answers)
        for answer in answers:
            text = text.replace("    ...\n", answer, 1)
        path.write_text(text)
    assert "1 unit: 1 proved" in Shell(project).run("gradcheck verify my_lstm --cases 5 --mutants 0")


REFUSED = {
    ("../up",): "unit '../up': it names a file in another folder; use lower-case letters",
    ("/tmp/up",): "unit '/tmp/up': it names a file in another folder",
    ("a/b",): "unit 'a/b': it names a file in another folder",
    ("..",): "unit '..': it is not a valid name of a function",
    ("my-cell",): "unit 'my-cell': it is not a valid name of a function",
    ("_cell",): "unit '_cell': it is not a valid name of a function",
    ("2nd",): "unit '2nd': it is not a valid name of a function",
    ("GRU",): "unit 'GRU': it is not a valid name of a function",
    ("zelle_ä",): "unit 'zelle_ä': it is not a valid name of a function",
    ("a.py",): "unit 'a.py': it is not a valid name of a function",
    ("lambda",): "unit 'lambda': the name is already used for something else in the file",
    ("step",): "unit 'step': the name is already used for something else in the file",
    ("range",): "unit 'range': the name is already used for something else in the file",
    ("c" * 33,): "it has 33 characters; choose one of 32 or less",
    (
        "cell",
        "--gates",
        "",
    ): "--gates : '' is not a lower-case letter; give different lower-case letters, such as r,z,n",
    ("cell", "--gates", "r,,n"): "--gates r,,n: '' is not a lower-case letter",
    ("cell", "--gates", "reset,n"): "--gates reset,n: 'reset' is not a lower-case letter",
    ("cell", "--gates", "r,Z"): "--gates r,Z: 'Z' is not a lower-case letter",
    ("cell", "--gates", "r,n,r"): "--gates r,n,r: r is given twice",
    ("cell", "--gates", "u,n"): "--gates u,n: u is already used for something else in the file",
    ("cell", "--gates", "b,c,e,f,g,n"): "there are 6; give 5 or less, and write the others in the files",
    ("cell", "--states", "i"): "--states i: i is already used for something else in the file",
    ("cell", "--states", "h,h"): "--states h,h: h is given twice",
    ("cell", "--states", "h,n"): "--states n: a gate has that letter; choose another",
    ("cell", "--states", "b,c,e,h"): "there are 4; give 3 or less",
    ("cell", "--activation", "thanh"): "--activation thanh: it is not known; give one of tanh, logistic, relu",
    (): "it writes either a unit or a project; give NAME, or --project DIR alone",
    ("cell", "--project", "there"): "it writes either a unit or a project; give NAME, or --project DIR alone",
    ("--project", "there", "--gates", "n,g"): "it writes either a unit or a project; give NAME, or --project DIR alone",
    ("--project", "."): "--project .: it is not empty; name a new folder",
    ("--project", "pyproject.toml"): "--project pyproject.toml: it is a file; name a new folder",
    ("--project", "pyproject.toml/in"): "it cannot be written (Not a directory); choose another name or folder",
}


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_a_wrong_request_exits_with_2_says_why_and_writes_nothing(monkeypatch, capsys, project, arguments):
    before = files(project.parent)
    code, said = run(monkeypatch, capsys, project, *arguments)
    assert code == 2
    assert said.err.startswith("gradcheck: ")
    assert REFUSED[arguments] in said.err
    assert files(project.parent) == before


def test_a_project_is_written_whole_or_not_at_all(tmp_path):
    """The last file is refused, when folders have been made for those before."""
    (tmp_path / "elsewhere").mkdir()
    texts = {tmp_path / "new" / "deep" / "one.py": "1", tmp_path / "elsewhere": "2"}
    with pytest.raises(UsageError, match="elsewhere: it cannot be written"):
        write_new_files(texts)
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]


@pytest.mark.parametrize("side", ["manual", "reference"])
def test_a_file_that_exists_is_kept(monkeypatch, capsys, project, side):
    (project / side / "cell.py").write_text("mine")
    before = files(project)
    code, said = run(monkeypatch, capsys, project, "cell")
    assert code == 2
    assert "cell.py: it exists; choose another name, or remove it" in said.err
    assert files(project) == before


def test_both_files_are_written_or_none(project):
    """The second file cannot be: a link to nowhere has its name, which leads outside the folder."""
    (project / "reference" / "cell.py").symlink_to(project / "elsewhere.py")
    with pytest.raises(UsageError, match=r"cell\.py: it cannot be written \(File exists\)"):
        write_cell(CellTemplate("cell"), project)
    assert not (project / "manual" / "cell.py").exists()
    assert not (project / "elsewhere.py").exists()


def test_a_project_without_its_folders_says_which(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.gradcheck]\nmanual = "ours"\n')
    with pytest.raises(UsageError, match="ours: there is no such folder; make it, or name another as `manual`"):
        write_cell(CellTemplate("cell"), tmp_path)


def test_files_go_to_the_folders_that_the_nearest_project_names(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.gradcheck]\nmanual = "ours"\nreference = "theirs"\n')
    for name in ("ours", "theirs", "deep/below"):
        (tmp_path / name).mkdir(parents=True)
    write_cell(CellTemplate("cell"), tmp_path / "deep" / "below")
    assert {str(p) for p in files(tmp_path)} == {"pyproject.toml", "ours/cell.py", "theirs/cell.py"}


def test_every_letter_that_is_taken_makes_files_that_compile():
    cells = []
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for gates, states in (((letter, "r"), ("h",)), (("r",), (letter,))):
            with suppress(UsageError):
                cells.append(CellTemplate("cell", gates, states))
    assert len(cells) > 30
    for cell in cells:
        for side in ("manual", "reference"):
            compile(cell.render(side), side, "exec")
