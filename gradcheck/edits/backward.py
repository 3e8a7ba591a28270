"""Which code is the backward pass: the functions beside a unit that run in its backward and never in its forward."""

import ast
import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from ..cases.case import Case
from ..errors import DeclarationError
from ..execution.run import Crash, Run
from ..unit.declaration import Declaration
from ..unit.subject import Subject
from .source import Source
from .trace import Calls, Kind, Snapshot, Trace

Key = tuple[str, CodeType]
Seen = Mapping[Key, Calls]
Kinds = dict[str, Kind]
Node = ast.FunctionDef | ast.Lambda | ast.GeneratorExp
COMPREHENSIONS = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")
REMEDY = "define the unit as a Python function in a file of its own and import it"


@dataclass(frozen=True, eq=False)
class Region:
    """A function of the backward pass.

    lines   that ran, of the whole file
    kinds   what names held at every return of the function, and of each generator expression in it; of the functions
            around it, what held the same kind of value all through a case
    """

    source: Source
    node: ast.FunctionDef | ast.Lambda
    lines: frozenset[int]
    kinds: Mapping[ast.AST, list[Kinds]]

    @property
    def name(self) -> str:
        return getattr(self.node, "name", "lambda")


def backward_of(
    subject: Subject, cases: Iterable[Case] | None = None, read: Callable[[str], Source] = Source.read
) -> list[Region]:
    """The functions of a unit's backward pass: those of its own file first, each file's in the order of their lines.

    They are found by running the unit over `cases`, by default every choice of options, absent inputs and upstream
    gradients that are None.  A backward that raises is read as far as it ran.  DeclarationError where the source is
    not available, or the unit cannot be run.  `read` gives the source of a file.
    """
    home = code_of(subject).co_filename
    watched = [watch(subject, case, home) for case in cases or trace_cases(subject.declaration)]
    in_forward = {key for forward, _ in watched for key in forward}
    only = {key for _, backward in watched for key in backward if key not in in_forward}
    if not only:
        reason = "no Python code beside the unit runs in its backward alone"
        raise DeclarationError(f"{subject.name}: backward", reason, REMEDY)
    files = sorted({file for file, _ in only}, key=lambda file: (file != home, file))
    return [region for file in files for region in regions(read(file), watched, only)]


def watch(subject: Subject, case: Case, home: str) -> tuple[Seen, Seen]:
    """What ran in the forward and in the backward of a case."""
    forward, backward = Trace(home), Trace(home)
    run = Run(subject, case)
    with forward.watching():
        _, pull = run.forward()
    with backward.watching(), contextlib.suppress(Crash, DeclarationError):
        pull(run.upstream)
    return forward.calls, backward.calls


def code_of(subject: Subject) -> CodeType:
    """The code of the unit itself, within its decorators.  DeclarationError where it has none."""
    unit: Any = subject.unit
    while hasattr(unit, "__wrapped__") or isinstance(unit, functools.partial):
        unit = unit.__wrapped__ if hasattr(unit, "__wrapped__") else unit.func
    code = getattr(unit if hasattr(unit, "__code__") else type(unit).__call__, "__code__", None)
    if not isinstance(code, CodeType):
        raise DeclarationError(subject.name, "it is not written in Python", REMEDY)
    Source.read(code.co_filename)
    return code


def trace_cases(declaration: Declaration) -> Iterator[Case]:
    """Small cases that reach every branch that a declaration can ask for; their sizes tell the letters apart."""
    letters, optional = declaration.letters, declaration.optional
    one = dict.fromkeys(letters, 1)
    up = {letter: 2 + k for k, letter in enumerate(letters)}
    down = {letter: 1 + len(letters) - k for k, letter in enumerate(letters)}
    outputs = [n for n, o in declaration.outputs.items() if o.differentiable]
    for options in declaration.choices:
        yield Case(one, options=options)
        yield Case(up, options=options)
        yield Case(down, options=options, absent=optional)
        for name in optional if len(optional) > 1 else ():
            yield Case(up, options=options, absent=(name,))
        for name in outputs if len(outputs) > 1 else ():
            yield Case(down, options=options, none=(name,))


def regions(source: Source, watched: list[tuple[Seen, Seen]], only: set[Key]) -> Iterator[Region]:
    """The functions of one file that are in `only`."""
    codes = {key for case in watched for seen in case for key in seen if key[0] == source.file}
    nodes = {node: key for key in codes if (node := node_of(key[1], source)) is not None}
    lines = {line for _, backward in watched for key in codes & only if key in backward for line in backward[key].lines}
    for node in sorted(nodes, key=source.span):
        if isinstance(node, ast.FunctionDef | ast.Lambda) and nodes[node] in only:
            inner = [n for n in nodes if isinstance(n, ast.GeneratorExp) and owner(n, source) is node]
            kinds: dict[ast.AST, list[Kinds]] = {
                n: [k for case in watched for k in held(n, nodes, case, source)] for n in (node, *inner)
            }
            yield Region(source, node, frozenset(lines), kinds)


def held(node: ast.AST, nodes: Mapping[Any, Key], case: tuple[Seen, Seen], source: Source) -> list[Kinds]:
    """What names held at every return of a function in one case, and the names of the functions around it."""
    around: Kinds = {}
    outer = source.parents[node]
    while not isinstance(outer, ast.Module):
        if outer in nodes:
            around = steady([s for seen in case for s in snapshots(seen, nodes[outer])]) | around
        outer = source.parents[outer]
    return [around | dict(snapshot) for snapshot in snapshots(case[1], nodes[node])]


def snapshots(seen: Seen, key: Key) -> set[Snapshot]:
    return seen[key].snapshots if key in seen else set()


def steady(found: list[Snapshot]) -> Kinds:
    """The names that held the same kind of value every time."""
    every = set().union(*found)
    names = [name for name, _ in every]
    return {name: kind for name, kind in every if names.count(name) == 1}


def owner(node: ast.AST, source: Source) -> ast.AST:
    """The function around a node."""
    while not isinstance(node, ast.FunctionDef | ast.Lambda):
        node = source.parents[node]
    return node


def node_of(code: CodeType, source: Source) -> Node | None:
    """The definition that a code object was compiled from; None for a comprehension other than a generator's.

    DeclarationError where there is none: the file is not what was imported.
    """
    kinds: dict[str, type[Node]] = {"<lambda>": ast.Lambda, "<genexpr>": ast.GeneratorExp}
    wanted: type[Node] = kinds.get(code.co_name, ast.FunctionDef)
    nodes = [n for n in source.definitions.get(code.co_firstlineno, ()) if isinstance(n, wanted)]
    nodes = [n for n in nodes if getattr(n, "name", code.co_name) == code.co_name and holds(n, code)]
    if nodes:
        return min(nodes, key=lambda n: extent(n, source))
    if code.co_name in COMPREHENSIONS:
        return None
    where = f"{source.file}:{code.co_firstlineno}"
    raise DeclarationError(where, f"{code.co_name} is not there: the file has changed since", "start again")


def extent(node: ast.AST, source: Source) -> int:
    start, end = source.span(node)
    return end - start


def holds(node: Any, code: CodeType) -> bool:
    """Whether the instructions of a code object lie within a node: tells apart what begins on the same line."""
    if isinstance(node, ast.FunctionDef):
        return True
    spots = [p for p in code.co_positions() if None not in p and p[2] != p[3]]
    first, last = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return all(first <= (line, column) and (end, end_column) <= last for line, end, column, end_column in spots)
