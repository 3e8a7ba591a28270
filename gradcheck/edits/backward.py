"""Finds the code of a backward pass: the functions beside a unit that run in its backward and never in its forward."""

import ast
import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from ..cases.case import Case
from ..cases.tracing import list_trace_cases
from ..errors import DeclarationError
from ..execution.run import Run, UnitRaised
from ..unit.subject import Subject
from .source import Source
from .trace import CallTrace, FunctionCalls, KindSnapshot, ValueKind

CodeKey = tuple[str, CodeType]
CallsByCode = Mapping[CodeKey, FunctionCalls]
KindsByName = dict[str, ValueKind]
DefinitionNode = ast.FunctionDef | ast.Lambda | ast.GeneratorExp
COMPREHENSIONS = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")
SOURCE_REMEDY = "define the unit as a Python function in a file, and import it"


@dataclass(frozen=True, eq=False)
class Region:
    """A function of the backward pass.

    lines   the lines of the whole file that ran, counted from 1
    kinds   by function, and by generator expression in it: the kind of value of each name, once for each return.  Names
            of the functions around it are there if they held one kind of value all through a case
    """

    source: Source
    node: ast.FunctionDef | ast.Lambda
    lines: frozenset[int]
    kinds: Mapping[ast.AST, list[KindsByName]]

    @property
    def name(self) -> str:
        return getattr(self.node, "name", "lambda")


def find_backward_functions(
    subject: Subject, cases: Iterable[Case] | None = None, read: Callable[[str], Source] = Source.read
) -> list[Region]:
    """Find the functions of a unit's backward pass: those of its own file first, in the order of their lines.

    They are found by running the unit over `cases`, by default every choice of options, absent inputs and upstream
    gradients that are None.  A backward that raises is read as far as it ran.  `read` returns the source of a file.

    Raises DeclarationError if the source is not available, or the unit cannot be run.
    """
    home = get_unit_code(subject).co_filename
    watched = [trace_case(subject, case, home) for case in cases or list_trace_cases(subject.declaration)]
    in_forward = {key for forward, _ in watched for key in forward}
    only = {key for _, backward in watched for key in backward if key not in in_forward}
    if not only:
        reason = "the backward runs no Python code of its own"
        raise DeclarationError(f"{subject.name}: backward", reason, SOURCE_REMEDY)
    files = sorted({file for file, _ in only}, key=lambda file: (file != home, file))
    return [region for file in files for region in find_regions(read(file), watched, only)]


def trace_case(subject: Subject, case: Case, home: str) -> tuple[CallsByCode, CallsByCode]:
    """Return what ran in the forward of a case, and what ran in its backward."""
    forward, backward = CallTrace(home), CallTrace(home)
    run = Run(subject, case)
    with forward.record_calls():
        _, pull = run.forward()
    with backward.record_calls(), contextlib.suppress(UnitRaised, DeclarationError):
        pull(run.upstream)
    return forward.calls, backward.calls


def get_unit_code(subject: Subject) -> CodeType:
    """Return the code of the unit itself, without its decorators.  Raises DeclarationError if it has none."""
    unit: Any = subject.unit
    while hasattr(unit, "__wrapped__") or isinstance(unit, functools.partial):
        unit = unit.__wrapped__ if hasattr(unit, "__wrapped__") else unit.func
    code = getattr(unit if hasattr(unit, "__code__") else type(unit).__call__, "__code__", None)
    if not isinstance(code, CodeType):
        raise DeclarationError(subject.name, "it is not written in Python", SOURCE_REMEDY)
    Source.read(code.co_filename)
    return code


def find_regions(
    source: Source, watched: list[tuple[CallsByCode, CallsByCode]], only: set[CodeKey]
) -> Iterator[Region]:
    """Find the functions of one file whose code is in `only`."""
    codes = {key for case in watched for seen in case for key in seen if key[0] == source.file}
    nodes = {node: key for key in codes if (node := find_definition(key[1], source)) is not None}
    lines = {line for _, backward in watched for key in codes & only if key in backward for line in backward[key].lines}
    for node in sorted(nodes, key=source.get_span):
        if isinstance(node, ast.FunctionDef | ast.Lambda) and nodes[node] in only:
            inner = [n for n in nodes if isinstance(n, ast.GeneratorExp) and find_enclosing_function(n, source) is node]
            kinds: dict[ast.AST, list[KindsByName]] = {
                n: [k for case in watched for k in collect_name_kinds(n, nodes, case, source)] for n in (node, *inner)
            }
            yield Region(source, node, frozenset(lines), kinds)


def collect_name_kinds(
    node: ast.AST, nodes: Mapping[Any, CodeKey], case: tuple[CallsByCode, CallsByCode], source: Source
) -> list[KindsByName]:
    """Collect the kinds of what names held, here and in functions around, at every return of a function in one case."""
    around: KindsByName = {}
    outer = source.parents[node]
    while not isinstance(outer, ast.Module):
        if outer in nodes:
            around = drop_varying_names([s for seen in case for s in list_snapshots(seen, nodes[outer])]) | around
        outer = source.parents[outer]
    return [around | dict(snapshot) for snapshot in list_snapshots(case[1], nodes[node])]


def list_snapshots(seen: CallsByCode, key: CodeKey) -> set[KindSnapshot]:
    return seen[key].snapshots if key in seen else set()


def drop_varying_names(found: list[KindSnapshot]) -> KindsByName:
    """Keep the names that held the same kind of value every time."""
    every = set().union(*found)
    names = [name for name, _ in every]
    return {name: kind for name, kind in every if names.count(name) == 1}


def find_enclosing_function(node: ast.AST, source: Source) -> ast.AST:
    """Return the innermost function around a node."""
    while not isinstance(node, ast.FunctionDef | ast.Lambda):
        node = source.parents[node]
    return node


def find_definition(code: CodeType, source: Source) -> DefinitionNode | None:
    """Find the definition that a code object was compiled from; None for a comprehension that is no generator.

    Raises DeclarationError if there is none: the file differs from what was imported.
    """
    kinds: dict[str, type[DefinitionNode]] = {"<lambda>": ast.Lambda, "<genexpr>": ast.GeneratorExp}
    wanted: type[DefinitionNode] = kinds.get(code.co_name, ast.FunctionDef)
    nodes = [n for n in source.definitions.get(code.co_firstlineno, ()) if isinstance(n, wanted)]
    nodes = [n for n in nodes if getattr(n, "name", code.co_name) == code.co_name and contains_code(n, code)]
    if nodes:
        return min(nodes, key=lambda n: get_line_range(n, source))
    if code.co_name in COMPREHENSIONS:
        return None
    where = f"{source.file}:{code.co_firstlineno}"
    raise DeclarationError(
        where, f"{code.co_name} is not in the file, which has changed since it was read", "start again"
    )


def get_line_range(node: ast.AST, source: Source) -> int:
    start, end = source.get_span(node)
    return end - start


def contains_code(node: Any, code: CodeType) -> bool:
    """Whether the instructions of a code object lie within a node: tells apart what begins on the same line."""
    if isinstance(node, ast.FunctionDef):
        return True
    spots = [p for p in code.co_positions() if None not in p and p[2] != p[3]]
    first, last = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return all(first <= (line, column) and (end, end_column) <= last for line, end, column, end_column in spots)
