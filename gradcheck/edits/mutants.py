"""The mutants of a backward pass: every single edit that plants a fault in it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .backward import Region
from .edit import Edit
from .operators import FAULT_OPERATORS, MutationOperator
from .rewrite import SourceWriter, TreeChange
from .scope import Scope


@dataclass(frozen=True)
class MutantSet:
    """Edits in the order of files and positions; `not_run` counts those left out because their line never ran."""

    edits: tuple[Edit, ...]
    not_run: int


def generate_mutants(regions: Sequence[Region], faults: Sequence[MutationOperator] = FAULT_OPERATORS) -> MutantSet:
    """Make every single edit that plants a fault; no two are the same, and each changes the syntax tree."""
    edits: dict[tuple[str, tuple[int, str]], Edit] = {}
    unreached = 0
    for region in regions:
        scope, writer = Scope(region), SourceWriter(region.source)
        for node in list_editable_nodes(region):
            if not has_run(node, region):
                unreached += sum(writer.write(change) is not None for _, change in list_changes(node, scope, faults))
                continue
            for kind, change in list_changes(node, scope, faults):
                written = writer.write(change)
                if written is not None:
                    edit = Edit(region.source.file, *written[:3], kind)
                    edits.setdefault((edit.file, written.tree), edit)
    order = {region.source.file: k for k, region in reversed(list(enumerate(regions)))}
    return MutantSet(tuple(sorted(edits.values(), key=lambda e: (order[e.file], e))), unreached)


def list_changes(node: ast.AST, scope: Scope, faults: Sequence[MutationOperator]) -> Iterator[tuple[str, TreeChange]]:
    for fault in faults:
        for change in fault(node, scope):
            yield fault.__name__.replace("_", " "), change


def list_editable_nodes(region: Region) -> Iterator[ast.AST]:
    """List the nodes of a function's body that may be edited: no nested functions, annotations, raises or asserts."""
    body = region.node.body
    waiting: list[ast.AST] = list(body) if isinstance(body, list) else [body]
    while waiting:
        node = waiting.pop()
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.Raise | ast.Assert
        ):
            continue
        yield node
        annotation = getattr(node, "annotation", None)
        waiting += [child for child in ast.iter_child_nodes(node) if child is not annotation]


def has_run(node: ast.AST, region: Region) -> bool:
    """Whether the statement of a node, or the head of a compound one, ran."""
    if isinstance(region.node, ast.Lambda):
        return True
    statement = region.source.find_statement(node)
    body = getattr(statement, "body", None)
    last = max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno or statement.lineno
    return not region.lines.isdisjoint(range(statement.lineno, last + 1))
