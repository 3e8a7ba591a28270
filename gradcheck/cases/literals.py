"""What a unit's own source says of where it may change its mind: its integers, thresholds and conditions on sizes."""

import ast
import inspect
import linecache
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from ..unit.declaration import Declaration
from ..unit.partials import unwrap_partial

SMALLEST, LARGEST = 4, 600
"""Integers below are sizes that are drawn anyway; beyond, no size of theirs could be afforded."""


@dataclass(frozen=True)
class Condition:
    """What the terms of a condition ask of a case, as far as they name its letters, outputs and optional inputs."""

    sizes: Mapping[str, int]
    none: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Literals:
    """integers    that may be sizes: of tiles, chunks, windows
    thresholds  floats that something is compared with, or clipped to
    sentinels   of an integer input, by name, what the source compares it with
    conditions  on several things at once
    """

    integers: tuple[int, ...] = ()
    thresholds: tuple[float, ...] = ()
    sentinels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()


NOTHING = Literals()


def read_literals(unit: Any, declaration: Declaration) -> Literals:
    """The literals of a unit and of what it uses of its own module; none where its source is not at hand."""
    nodes = [node for tree in list_definitions(unit) for node in ast.walk(tree)]
    integers = [n.value for n in nodes if isinstance(n, ast.Constant) and type(n.value) is int]
    comparisons = [n for n in nodes if isinstance(n, ast.Compare) and len(n.ops) == 1]
    thresholds = [
        *(t for c in comparisons for t in list_thresholds(c)),
        *(t for n in nodes for t in list_clip_bounds(n)),
    ]
    return Literals(
        tuple(sorted({n for n in integers if SMALLEST <= n <= LARGEST})),
        tuple(sorted({t for t in thresholds if t})),
        sentinels(comparisons, declaration),
        tuple(find_conditions(nodes, declaration)),
    )


def list_definitions(unit: Any) -> Iterator[ast.AST]:
    """The statements of a unit's module that it uses, its own first."""
    code = get_code(unit)
    if code is None:
        return
    try:
        module = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return
    named = {name: node for node in module.body for name in list_bound_names(node)}
    first = next((n for n in ast.walk(module) if begins_at(n, code)), named.get(code.co_name))
    queue: list[ast.AST] = [] if first is None else [first]
    seen: list[ast.AST] = []
    while queue:
        node = queue.pop()
        seen.append(node)
        yield strip_annotations(node)
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        queue += [
            named[name] for name in sorted(used & named.keys()) if not contains_node(named[name], [*seen, *queue])
        ]


def contains_node(node: ast.AST, nodes: list[ast.AST]) -> bool:
    return any(node is other for other in nodes)


def get_code(unit: Any) -> CodeType | None:
    """The code of a unit within its decorators and adapters, or of what calling it runs."""
    function: Callable[..., Any] = unwrap_partial(inspect.unwrap(unwrap_partial(unit)))
    code = getattr(function if hasattr(function, "__code__") else type(function).__call__, "__code__", None)
    return code if isinstance(code, CodeType) else None


def begins_at(node: ast.AST, code: CodeType) -> bool:
    """Whether a function is the one of the code, whose first line is that of its first decorator."""
    if not isinstance(node, ast.FunctionDef) or node.name != code.co_name:
        return False
    return min([node.lineno, *(d.lineno for d in node.decorator_list)]) == code.co_firstlineno


def list_bound_names(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]


def strip_annotations(node: ast.AST) -> ast.AST:
    """The body of a function: sizes in annotations, and a docstring, are no literals."""
    return ast.Module(node.body, []) if isinstance(node, ast.FunctionDef) else node


def read_number(node: ast.expr) -> float | None:
    """The number that an expression is, with its sign."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(value=int() | float() as value)):
            return -value
    return None


def list_thresholds(comparison: ast.Compare) -> list[float]:
    """What numbers of an array may be compared with; an integer too, unless what it stands beside counts something."""
    sides = (comparison.left, comparison.comparators[0])
    found = [read_number(side) for side in sides]
    counted = any(isinstance(side, ast.Name) and len(side.id) == 1 and side.id.isupper() for side in sides)
    return [float(n) for n in found if n is not None and (isinstance(n, float) or not counted)]


def list_clip_bounds(node: ast.AST) -> list[float]:
    """The bounds that an array is clipped to."""
    match node:
        case ast.Call(func=ast.Attribute(attr="clip" | "maximum" | "minimum" | "fmax" | "fmin"), args=args):
            return [float(n) for n in map(read_number, args) if n is not None]
    return []


def sentinels(comparisons: list[ast.Compare], declaration: Declaration) -> dict[str, tuple[int, ...]]:
    """Negative integers that an integer input is compared with by its name."""
    found: dict[str, tuple[int, ...]] = {}
    for comparison in comparisons:
        left, right = comparison.left, comparison.comparators[0]
        for name_side, number_side in ((left, right), (right, left)):
            value, used = read_number(number_side), {n.id for n in ast.walk(name_side) if isinstance(n, ast.Name)}
            if isinstance(value, int) and value < 0:
                for name in sorted(used & {n for n, i in declaration.inputs.items() if i.kind == "int"}):
                    found[name] = tuple(dict.fromkeys((*found.get(name, ()), value)))
    return found


def find_conditions(nodes: list[ast.AST], declaration: Declaration) -> Iterator[Condition]:
    """The conditions that join several terms, or compare a letter with a number."""
    for node in nodes:
        terms = node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]
        sizes: dict[str, int] = {}
        missing: list[str] = []
        for term in terms:
            sizes |= read_size_term(term, declaration)
            missing += read_none_term(term)
        if sizes:
            none = tuple(n for n in declaration.outputs if n in missing)
            yield Condition(sizes, none, tuple(n for n in declaration.optional if n in missing))


def read_size_term(term: ast.AST, declaration: Declaration) -> dict[str, int]:
    """The size of a letter that makes a comparison of it with a number true."""
    match term:
        case ast.Compare(ast.Name(letter), [op], [ast.Constant(value=int(n))]) if letter in declaration.letters:
            return {letter: n + {ast.Gt: 1, ast.Lt: -1}.get(type(op), 0)} if n <= LARGEST else {}
        case ast.Compare(
            ast.BinOp(ast.Name(letter), ast.Mod(), ast.Constant(value=int(n))), [ast.Eq()], [ast.Constant(value=int(r))]
        ) if letter in declaration.letters:
            return {letter: n + r} if n <= LARGEST else {}
    return {}


def read_none_term(term: ast.AST) -> list[str]:
    """The input, or the output of an upstream gradient, that a term says is None."""
    match term:
        case ast.Compare(ast.Name(name) | ast.Attribute(attr=name), [ast.Is()], [ast.Constant(value=None)]):
            return [name]
    return []
