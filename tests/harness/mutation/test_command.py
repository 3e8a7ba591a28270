"""`gradcheck mutate`, and mutation testing in `gradcheck verify`: what they print, write and exit with."""

from pathlib import Path

import pytest

from gradcheck.cli import main as cli
from tests.harness.mutation import small
from tests.harness.schemas import read_valid


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    def run(*arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["gradcheck", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return run


@pytest.fixture
def write(tmp_path):
    """The small unit in two files of its own, edited."""

    def write(*edits):
        text = Path(small.__file__).read_text()
        for old, new in edits:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (tmp_path / "small.py").write_text(text)
        (tmp_path / "twin.py").write_text(text.replace("def small(", "def other(").replace("small_reference", "small"))
        return "small.py", "twin.py"

    return write


def test_a_row_a_unit_and_json(run, write):
    code, out, _ = run("mutate", *write(), "--jobs", 1, "--json", "mutation.json")
    lines = out.splitlines()
    assert code == 0
    headings = ["unit", "mutants", "killed", "equivalent", "not", "told", "apart", "survivors", "score"]
    assert lines[0].split()[:9] == headings
    assert lines[1].split()[0] == "small"
    assert "100 %" in lines[1]
    assert "gradients" in lines[1]
    content = read_valid(Path("mutation.json").read_text())
    (entry,) = content["units"]
    assert (content["schema"], entry["name"], entry["score"], entry["survivors"]) == (2, "small", 1.0, [])
    assert entry["mutants"] == entry["tried"] == sum(entry["counts"].values())
    assert len(entry["equivalents"]) == entry["counts"]["equivalent"]


def test_a_survivor_is_printed_with_its_line_its_reason_and_its_diff(run, write):
    """A line that exact arithmetic does not run, and the condition it stands under, are not called equivalent."""
    line = "        if x.dtype == np.float64 and len(y) > 2:\n            dz = dz * 1\n        return {"
    code, out, _ = run("mutate", *write(("        return {", line)), "--json", "mutation.json")
    assert code == 1
    number = Path("small.py").read_text().split("dz = dz * 1")[0].count("\n") + 1
    reason = f"no case in exact arithmetic runs line {number}; "
    assert f"small survivor at small.py:{number} (drop operand): {reason}" in out
    assert "numeric cases ran the line: no case that did had T=1, dtype=float32\n--- a/small.py" in out
    assert "\n-            dz = dz * 1\n+            dz = dz\n" in out
    (entry,) = read_valid(Path("mutation.json").read_text())["units"]
    assert {s["line"] for s in entry["survivors"]} == {number - 1, number}
    assert all(s["reason"].startswith(reason) for s in entry["survivors"])
    assert entry["score"] < 1


def test_a_wrong_unit_exits_with_1_and_an_unknown_one_with_2(run, write):
    code, out, _ = run("mutate", *write(("dz * w,", "dz * w * w,")))
    assert code == 1
    assert "fix it first: gradcheck verify small.py twin.py --case T=3,B=2,seed=0" in out
    code, _, err = run("mutate", "other.py")
    assert code == 2
    assert "other.py" in err
    code, _, err = run("mutate", *write(), "--jobs", 0)
    assert (code, err) == (2, "gradcheck: --jobs 0: it is too small; give 1 or more\n")


def test_verify_plants_a_few_faults_and_says_how_many(run, write):
    code, out, _ = run("verify", *write(), "--cases", 5)
    assert code == 0
    assert "mutation: 8 of " in out
    code, out, _ = run("verify", *write(), "--cases", 5, "--mutants", 0)
    assert "mutation" not in out
    code, out, _ = run("verify", *write(), "--cases", 5, "--all-mutants", "--json", "-")
    (unit,) = read_valid(out)["units"]
    assert unit["mutation_score"]["tried"] == unit["mutation_score"]["mutants"]
    assert unit["checks"][-1] == {
        "name": "mutation",
        "status": "passed",
        "passed": unit["mutation_score"]["counts"]["killed"],
        "failed": 0,
        "worst": 0.0,
        "tensors": {},
        "not_applicable": {},
        "explained": {},
    }
