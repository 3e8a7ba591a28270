"""Finds the commands of a page that no transcript runs, and says what is wrong with one without running it."""

import importlib.util
import re
import shlex
from pathlib import Path

import typer

from gradcheck.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINE = re.compile(r"^ *(?:\$ )?((?:gradcheck|python|make|pytest)(?: +\S.*)?)$", re.MULTILINE)
INLINE = re.compile(r"`((?:gradcheck|python|make|pytest) [^`\n]*)`")


def lines(page: str) -> list[str]:
    """Commands on lines of their own, indented or fenced, outside transcripts; two spaces end one."""
    page = COMMENT.sub("", page)
    fenced = [block for language, block in FENCED.findall(page) if language in ("", "bash", "sh", "shell")]
    rest = "\n".join(line for line in FENCED.sub("", page).splitlines() if line.startswith("    "))
    return [re.split(r" {2,}", found)[0] for block in (*fenced, rest) for found in LINE.findall(block)]


def inline(page: str) -> list[str]:
    """Commands within a sentence."""
    return INLINE.findall(FENCED.sub("", COMMENT.sub("", page)))


def problem(command: str) -> str:
    """Why there is no such command; empty where nothing says so."""
    program, *rest = shlex.split(command)
    return CHECKS[program](rest)


def of_gradcheck(rest: list[str]) -> str:
    known = typer.main.get_command(app).commands
    name, *arguments = rest
    if name not in known and name not in ("COMMAND", "--help"):
        return f"gradcheck has no command {name}"
    options = {o for p in known[name].params for o in (*p.opts, *p.secondary_opts)} if name in known else set()
    return unknown(arguments, {*options, "--help"})


def of_pytest(rest: list[str]) -> str:
    written = (ROOT / "gradcheck" / "pytest_plugin" / "settings.py").read_text(encoding="utf-8")
    ours = [a for a in rest if a.startswith("--gradcheck")]
    return unknown(ours, set(re.findall(r'"(--gradcheck-\w+)"', written)))


def unknown(arguments: list[str], options: set[str]) -> str:
    wrong = [a for a in arguments if re.match(r"--?[a-zA-Z]", a) and a.partition("=")[0] not in options]
    return f"it has no option {', '.join(wrong)}" if wrong else ""


def of_make(rest: list[str]) -> str:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = [a for a in rest if "=" not in a]
    wrong = [t for t in targets if not re.search(rf"^{re.escape(t)}:", makefile, re.MULTILINE)]
    return f"the Makefile has no target {', '.join(wrong)}" if wrong else ""


def of_python(rest: list[str]) -> str:
    match rest:
        case ["-m", module, *_]:
            return "" if importlib.util.find_spec(module) else f"there is no module {module}"
        case [file, *_] if file.endswith(".py"):
            return "" if (ROOT / file).is_file() else f"there is no file {file}"
    return ""


CHECKS = {"gradcheck": of_gradcheck, "pytest": of_pytest, "make": of_make, "python": of_python}
