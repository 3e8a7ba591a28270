"""`gradcheck new --exercise`: what is written passes lint and types, asks for what is missing, and judges an answer."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.scaffold import EXERCISES, ExerciseTemplate, write_exercise, write_project
from gradcheck.unit.discovery import UsageError
from tests.docs.reference import printed_help
from tests.docs.shell import Shell

ROOT = Path(__file__).resolve().parents[2]
LONGEST = "a_unit_of_the_longest_name_of_32"
ANSWERS = {
    "rnn": """
        dh = dy + carry
        dz = dh * (1 - h * h)
        carry = dz @ weight_hh
        return dz, carry
    """,
    "truncated_rnn": """
        dz = dh * (1 - h * h)
        carry = dz @ weight_hh if t == 0 or t % tau else np.zeros_like(dh)
        return dz, carry
    """,
    "lstm": """
        tanh_c = np.tanh(c)
        dc = dc + dh * o * (1 - tanh_c * tanh_c)
        dz_i = dc * g * i * (1 - i)
        dz_f = dc * c_prev * f * (1 - f)
        dz_g = dc * i * (1 - g * g)
        dz_o = dh * tanh_c * o * (1 - o)
        return dz_i, dz_f, dz_g, dz_o, dc * f
    """,
    "gru": """
        da_z = dh * (h_prev - n) * z * (1 - z)
        da_n = dh * (1 - z) * (1 - n * n)
        da_r = da_n * u_n * r * (1 - r)
        return da_r, da_z, da_n, da_n * r, dh * z
    """,
    "linear_recurrence": """
        dh = dy + carry
        return dh * h_prev, dh.copy(), dh * a
    """,
    "attention": """
        dv = p.transpose(0, 2, 1) @ dcontext
        dp = dcontext @ v.transpose(0, 2, 1)
        de = p * (dp - (p * dp).sum(axis=2, keepdims=True))
        return de @ k, de.transpose(0, 2, 1) @ q, dv
    """,
}
MISTAKES = {
    "rnn": ("dh = dy + carry", "dh = dy", "every lag t-s >= 1 is missing"),
    "truncated_rnn": (" if t == 0 or t % tau else np.zeros_like(dh)", "", "a gradient that should be zero is not"),
    "lstm": ("dc = dc + dh", "dc = dh", "zero in row blocks i, f, g, dc_0, through c_T"),
    "gru": ("(h_prev - n)", "(n - h_prev)", "row block z"),
    "linear_recurrence": ("return dh * h_prev", "return dy * h_prev", "fault      da; "),
    "attention": ("(dp - (p * dp).sum(axis=2, keepdims=True))", "(1 - p) * dp", "fault      dq, dk"),
}
"""A mistake of each exercise that is made in print, and what the report says of it."""


@pytest.fixture
def project(tmp_path):
    write_project(tmp_path / "lessons")
    return tmp_path / "lessons"


def write_answer(project, exercise, old="", new=""):
    """The exercise as a unit `answer`, its gap filled in, `new` in the place of `old`."""
    write_exercise(ExerciseTemplate("answer", exercise), project)
    path = project / "manual" / "answer.py"
    answer = re.sub("^    ", "", ANSWERS[exercise].strip("\n "), flags=re.MULTILINE)
    assert not old or answer.count(old) == 1
    gap = r"( +raise NotImplementedError\(.*\n)+"
    text, count = re.subn(gap, f"    {answer.replace(old, new)}\n", path.read_text())
    assert count == 1
    path.write_text(text)


def test_what_is_written_passes_lint_and_strict_types(project):
    """Under a name as long as may be, in a project with its own settings and with ours."""
    for number, exercise in enumerate(EXERCISES):
        write_exercise(ExerciseTemplate(f"{LONGEST[:-1]}{number}", exercise), project)
    ours = ["--config", str(ROOT / "pyproject.toml")]
    ruff = [["ruff", *given] for given in (["check"], ["format", "--check"], ["check", *ours])]
    mypy = ["mypy", "--cache-dir", str(ROOT / ".mypy_cache")]
    for command in (*(["ruff", *given[1:], "--no-cache", "manual", "reference"] for given in ruff), mypy):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues found in 14 source files" in done.stdout


@pytest.mark.parametrize("exercise", EXERCISES)
def test_only_the_backward_is_missing_and_the_verdict_says_what(project, exercise):
    shell = Shell(project)
    assert shell.run(f"gradcheck new mine --exercise {exercise}").splitlines()[-1] == "next: gradcheck verify mine"
    text = (project / "manual" / "mine.py").read_text()
    asked = re.findall(r'raise NotImplementedError\("(.*)"\)', text)
    assert [a.partition(" ")[0] for a in asked] == [*["write"] * (len(asked) - 1), "return"]
    assert "NotImplementedError" not in (project / "reference" / "mine.py").read_text()
    printed = shell.run("gradcheck verify mine")
    line = text[: text.index("raise NotImplementedError")].count("\n") + 1
    assert f"mine: manual/mine.py:{line} is not written yet; {asked[0]}\n" in printed
    assert "bad declaration" in printed


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_right_answer_is_proved(project, exercise):
    write_answer(project, exercise)
    printed = Shell(project).run("gradcheck verify answer --cases 20 --mutants 0")
    assert "1 unit: 1 proved" in printed, printed


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_mistake_is_wrong_and_the_report_says_where(project, exercise):
    old, new, words = MISTAKES[exercise]
    write_answer(project, exercise, old, new)
    printed = Shell(project).run("gradcheck verify answer --cases 20")
    assert "1 unit: 1 wrong" in printed, printed
    assert words in printed


def test_the_help_names_every_exercise():
    text = " ".join(printed_help("new").split())
    assert f"One of {', '.join(EXERCISES)}." in text


REFUSED = {
    "new mine --exercise elman": "--exercise elman: it is not known; give one of rnn, lstm",
    "new mine --exercise gru --gates r,n": "--exercise gru: an exercise has its own equations; give NAME and",
    "new --project there --exercise gru": "--exercise gru: an exercise has its own equations",
    "new --exercise gru": "it writes either a unit or a project",
    "new step_backward --exercise gru": "unit 'step_backward': the name is already used for something else in the file",
}


@pytest.mark.parametrize("command", REFUSED)
def test_a_wrong_request_says_why_and_writes_nothing(project, command):
    before = sorted(project.rglob("*"))
    shell = Shell(project)
    assert REFUSED[command] in shell.run(f"gradcheck {command}")
    assert shell.code == 2
    assert sorted(project.rglob("*")) == before


def test_a_file_that_exists_is_kept(project):
    (project / "manual" / "mine.py").write_text("mine")
    with pytest.raises(UsageError, match=r"mine\.py: it exists; choose another name, or remove it"):
        write_exercise(ExerciseTemplate("mine", "gru"), project)
    assert (project / "manual" / "mine.py").read_text() == "mine"
