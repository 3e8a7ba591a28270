"""Every page of the documentation shows what its commands print; a page that does not is found out."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.page import differences, rewritten
from tests.docs.transcript import PageError

ROOT = Path(__file__).resolve().parents[2]
PAGES = [p for p in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if "\n```console\n" in p.read_text()]
PAGE = """
<!-- write hidden.txt
unseen
-->
```text
# notes/seen.txt
one
two
```
```diff
--- notes/seen.txt
 one
-two
+three
```
Prose with `$ echo` is not run.
```console
$ cat hidden.txt
unseen
$ tail -n 2 \\
    notes/seen.txt
one
three
$ false

$ echo $?
1
$ cd notes
$ ls
seen.txt
$ echo "judged in 12.5 s, 0.3 x, torch 2.1.0"
judged in 9.25 s, 12.4 x, torch 2.13.0+cpu
```
"""
PLANTED = {
    "a line is changed": ("\none\nthree\n$", "\none\nfour\n$", "$ tail", "-four\n+three"),
    "a line is left out": ("seen.txt\n$ echo", "$ echo", "$ ls", "+seen.txt"),
    "a line is made up": ("unseen\n$", "unseen\nmore\n$", "$ cat hidden.txt", "-more"),
    "a file is another": ("\nunseen\n-->", "\nseen\n-->", "$ cat hidden.txt", "+seen"),
    "an edit is another": ("+three", "+four", "$ tail", "+four"),
    "an exit code is another": ("\n1\n", "\n0\n", "$ echo $?", "-0\n+1"),
    "a word beside a time is another": ("judged in 9", "proved in 9", "$ echo", "-proved in"),
}
ASKED_TOO_MUCH = {
    "it leads outside the folder of the page": ("write hidden.txt", "write ../hidden.txt"),
    "its lines stand in the file 0 times": ("-two", "-too"),
    "a diff begins with `--- PATH`": ("--- notes", "notes"),
    "a console block begins with `$ command`": ("$ cat", "cat"),
}


@pytest.mark.skipif(not PAGES, reason="no page has a transcript")
def test_every_page_shows_what_its_commands_print():
    """In one new process for all: what this one has imported and set does not show."""
    command = [sys.executable, "-m", "tests.docs.page", "--check", *map(str, PAGES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [f"{path}: right" for path in PAGES]


def test_what_varies_is_no_difference():
    assert differences(PAGE) == ""
    assert rewritten(PAGE) == PAGE


@pytest.mark.parametrize("planted", PLANTED)
def test_a_wrong_transcript_is_found_and_rewritten(planted):
    old, new, *words = PLANTED[planted]
    assert PAGE.count(old) == 1
    wrong = PAGE.replace(old, new)
    found = differences(wrong)
    assert [word for word in words if word not in found] == []
    assert differences(rewritten(wrong)) == ""


def test_a_page_of_wrong_transcripts_ends_the_command_with_1(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("```console\n$ echo right\nwrong\n```\n")
    command = [sys.executable, "-m", "tests.docs.page", str(path)]
    check = subprocess.run([*command, "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 1
    assert "-wrong\n+right" in check.stdout
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert path.read_text() == "```console\n$ echo right\nright\n```\n"


@pytest.mark.parametrize("reason", ASKED_TOO_MUCH)
def test_a_page_that_cannot_be_played_says_why(reason):
    old, new = ASKED_TOO_MUCH[reason]
    with pytest.raises(PageError) as error:
        differences(PAGE.replace(old, new, 1))
    assert reason in str(error.value)


def test_gradcheck_python_and_pytest_see_the_folder_as_it_is_now(tmp_path):
    """Files edited between commands are read anew, in whatever process has run before."""
    page = tmp_path / "page.md"
    page.write_text(FRESH)
    command = [sys.executable, "-m", "tests.docs.page", "--check", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


FRESH = """
<!-- write pyproject.toml
-->
<!-- write reference/one.py
-->
```python
# manual/one.py
answer = 1
```
```console
$ python -c "import manual.one; print(manual.one.answer)"
1
```
```diff
--- manual/one.py
-answer = 1
+answer = 2
```
```console
$ python -c "import manual.one; print(manual.one.answer)"
2
$ python -c "import sys; sys.exit('no')"
no
$ python -c "1 / 0"
Traceback (most recent call last):
  File "<string>", line 1, in <module>
ZeroDivisionError: division by zero
$ gradcheck verify one | grep function
/path/to/project/manual/one.py: it has no function one; define `def one(...)` in it, or begin the file's name with an \
underscore if it is a helper
$ pytest -q missing.py | grep ERROR
ERROR: file or directory not found: missing.py
```
""".replace("an \\\n", "an ")
