"""Writes docs/reference from the code:  python -m tests.docs.reference

cli.md is the help of each command as it is printed, api.md the public names with their signatures and docstrings as
they are written.
"""

import ast
import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import typer
from typer.testing import CliRunner

from gradcheck.cli.main import app

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
MADE = "<!-- Made by `python -m tests.docs.reference`; edit the help or the docstring instead. -->"
MODULES = {
    "gradcheck": "What a project needs: judge units, find them, make units of code with another interface.",
    "gradcheck.exact": "The exact judge by itself. [exact.md](../exact.md) says what it proves.",
    "gradcheck.strategies": "For property tests with Hypothesis.",
}
WIDTH = 100
KIND = re.compile(r"dataclass|property|classmethod|st\.composite")
Definition = ast.FunctionDef | ast.ClassDef


def cli() -> str:
    """The help of the command and of each subcommand."""
    parts = ["# The command line", MADE, f"```text\n{printed_help()}\n```"]
    parts += [f"## {name}\n\n```text\n{printed_help(name)}\n```" for name in commands()]
    return "\n\n".join(parts) + "\n"


def commands() -> list[str]:
    return sorted(typer.main.get_command(app).commands)


def printed_help(*command: str) -> str:
    asked = [*command, "--help"]
    return CliRunner().invoke(app, asked, prog_name="gradcheck", terminal_width=WIDTH).output.strip()


def api() -> str:
    """The public names of each module, with what they are called with and what they say."""
    parts = ["# The Python API", MADE]
    for name, told in MODULES.items():
        module = importlib.import_module(name)
        functions, classes = [], []
        for public in sorted(module.__all__):
            kind = classes if inspect.isclass(getattr(module, public)) else functions
            kind.append(entry(module, public))
        parts += [f"## {name}", told, *functions, *classes]
    return "\n\n".join(parts) + "\n"


def entry(module: ModuleType, name: str) -> str:
    """A heading, the code without its bodies, and the docstring."""
    source, node = definition(getattr(module, name))
    methods = [m for m in members(node) if m.name == "__init__" or ast.get_docstring(m)]
    code = "\n".join([header(source, node), *fields(source, node), *(header(source, m) for m in methods)])
    texts = [prose(ast.get_docstring(node) or "")]
    texts += [f"`.{m.name}`: {prose(ast.get_docstring(m) or '')}" for m in methods if m.name != "__init__"]
    return "\n\n".join([f"### {name}", f"```python\n{code}\n```", *filter(None, texts)])


def definition(thing: object) -> tuple[list[str], Definition]:
    """The lines of the file in which a function or class is defined, and its definition there."""
    text = Path(inspect.getfile(importlib.import_module(thing.__module__))).read_text(encoding="utf-8")
    found = {n.name: n for n in ast.parse(text).body if isinstance(n, Definition)}
    return text.splitlines(), found[thing.__name__]


def header(source: list[str], node: Definition) -> str:
    """The signature as it is written, below the decorators that say what kind of thing it is."""
    decorators = [f"@{text}" for n in node.decorator_list if KIND.match(text := ast.unparse(n))]
    indent = " " * node.col_offset
    return "\n".join([*(indent + d for d in decorators), *source[node.lineno - 1 : node.body[0].lineno - 1]]).rstrip()


def fields(source: list[str], node: Definition) -> list[str]:
    """The public attributes that a class declares."""
    stated = [n for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(node, ast.ClassDef)]
    public = [n for n in stated if not ast.unparse(n.target).startswith("_")]
    return ["\n".join(source[n.lineno - 1 : n.end_lineno]) for n in public]


def members(node: Definition) -> list[ast.FunctionDef]:
    """The methods and properties of a class that are public, and what makes an object."""
    if isinstance(node, ast.FunctionDef):
        return []
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
    return [m for m in methods if m.name == "__init__" or not m.name.startswith("_")]


def prose(docstring: str) -> str:
    """A docstring as Markdown: a paragraph whose lines are aligned in columns stays so."""
    paragraphs = docstring.split("\n\n")
    return "\n\n".join(f"```text\n{p}\n```" if re.match(r"\w+ {2,}\S", p) else p for p in paragraphs)


PAGES = {"cli.md": cli, "api.md": api}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in PAGES.items():
        (FOLDER / name).write_text(content(), encoding="utf-8")


if __name__ == "__main__":
    main()
