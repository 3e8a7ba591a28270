"""What the README shows is what the project does."""

import re
import subprocess
import sys
from pathlib import Path

import gradcheck
from gradcheck.rungs import RUNGS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(*arguments, cwd=ROOT):
    command = [sys.executable, "-m", "gradcheck", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_cell_of_the_readme_is_judged_right(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")  # and no __init__.py: folders of files are enough
    for block in blocks("python"):
        path = tmp_path / re.match(r"# (\S+)", block)[1]
        path.parent.mkdir(exist_ok=True)
        path.write_text(block)
    done = run("verify", "decay", "--cases", "30", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 proved" in done.stdout


def test_the_sample_lists_every_unit():
    sample = blocks("text")[0].splitlines()
    names = [line.split()[0] for line in sample[1 : sample.index("")]]
    assert names == [pair.name for pair in gradcheck.discover(ROOT)]


def test_the_sample_of_a_failure_has_the_lines_that_are_printed():
    sample = blocks("text")[1].splitlines()
    assert re.match(r"\w+ d\w+\[[\d,]+\]: manual \S+, autograd \S+, complex step \S+: \S+ x tolerance$", sample[0])
    labels = ["verdict", "exact", "blame", "looks like", "worst", "gradients", "smallest", "again"]
    assert [line[2:12].rstrip() for line in sample[1:]] == labels


def test_every_rung_is_explained():
    table = README[README.index("| rung |") :].split("\n\n")[0]
    assert re.findall(r"^\| ([a-z ]+) \|", table, re.MULTILINE)[1:] == list(RUNGS)


def test_the_commands_of_the_makefile_are_those_of_the_readme():
    makefile = (ROOT / "Makefile").read_text()
    for target in ("verify", "test"):
        assert f"    make {target}\n" in README
        assert re.search(rf"^{target}: ", makefile, re.MULTILINE)
