"""Reads a page into what it writes, edits and runs, and plays it."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.docs.shell import ROOT, Shell

PIECE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$|^<!-- (write|copy) (.*?)-->$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+\.\w+)\n")
ENTRY = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
VARIES = (
    (re.compile(r" *\b\d+\.\d+ ?s\b"), " TIME"),
    (re.compile(r" *\b\d+(\.\d+)?(e[+-]\d+)? x\b"), " RATIO"),
    (re.compile(r"\b\d+\.\d+\.\d+(\.?\w+)*(\+\w+)?"), "VERSION"),
    (re.compile(r"^(platform|plugins:) .*", re.MULTILINE), r"\1"),
    (re.compile(r" +$", re.MULTILINE), ""),
)


class PageError(Exception):
    """A page asks for what cannot be done: value, reason, remedy."""

    def __init__(self, value: str, reason: str, remedy: str) -> None:
        super().__init__(f"{value}: {reason}; {remedy}")


class Entry(NamedTuple):
    """A command, what the page says that it prints, and where in the page that stands."""

    command: str
    shown: str
    start: int
    stop: int


class Played(NamedTuple):
    entry: Entry
    printed: str

    @property
    def good(self) -> bool:
        return normal(self.entry.shown) == normal(self.printed)


def play(page: str, folder: Path) -> list[Played]:
    """Every command of the page, run in order in the folder.  PageError where a file cannot be written or edited."""
    shell, played = Shell(folder), []
    for kind, body, start in pieces(page):
        if kind == "console":
            played += [Played(e, shell.run(e.command.replace("\\\n", " "))) for e in entries(body, start)]
        else:
            ACTIONS[kind](body, shell.cwd)
    return played


def pieces(page: str) -> Iterator[tuple[str, str, int]]:
    for found in PIECE.finditer(page):
        language, block, verb, told = found.groups()
        if verb:
            yield verb, told, found.start(4)
        elif language in ("console", "diff"):
            yield language, block, found.start(2)
        elif named := FILE.match(block):
            yield "write", f"{named[1]}\n{block}", found.start(2)


def entries(body: str, start: int) -> Iterator[Entry]:
    if body and not body.startswith("$ "):
        raise PageError(body.partition("\n")[0], "a console block begins with `$ command`", "put the command there")
    for found in ENTRY.finditer(body):
        yield Entry(found[1], found[2].strip("\n"), start + found.start(2), start + found.end(2))


def write(told: str, folder: Path) -> None:
    name, _, content = told.partition("\n")
    path = inside(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def copy(told: str, folder: Path) -> None:
    for name in told.split():
        source, target = ROOT / name, inside(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def edit(told: str, folder: Path) -> None:
    """Make the hunks of a diff; the lines of each must stand in the file once."""
    head, *lines = told.splitlines()
    if not head.startswith("--- "):
        raise PageError(head, "a diff begins with `--- PATH`", "name the file that it edits")
    path = inside(folder, head.removeprefix("--- "))
    text = path.read_text(encoding="utf-8")
    for hunk in re.split(r"^@@.*\n", "".join(f"{line or ' '}\n" for line in lines), flags=re.MULTILINE):
        rows = hunk.splitlines(keepends=True)
        old, new = ("".join(row[1:] for row in rows if row[0] in signs) for signs in (" -", " +"))
        if text.count(old) != 1:
            raise PageError(
                head, f"its lines stand in the file {text.count(old)} times\n{old}", "show them as they are"
            )
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


ACTIONS: dict[str, Callable[[str, Path], None]] = {"write": write, "copy": copy, "diff": edit}


def inside(folder: Path, name: str) -> Path:
    path = (folder / name.strip()).resolve()
    if folder not in path.parents:
        raise PageError(name, "it leads outside the folder of the page", "give a path relative to it")
    return path


def normal(text: str) -> str:
    """The text without what varies from run to run and from machine to machine."""
    for pattern, name in VARIES:
        text = pattern.sub(name, text)
    return text.strip()
