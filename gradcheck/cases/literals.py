"""Reads from a unit's source where its behaviour may change: integers, thresholds, and conditions on sizes."""

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
"""Smaller integers are sizes that are drawn anyway; larger ones would be too slow as sizes."""


@dataclass(frozen=True)
class Condition:
    """What a case needs to make a condition true: sizes, and upstream gradients and inputs that are None."""

    sizes: Mapping[str, int]
    none: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Literals:
    """What is read from the source of a unit.

    integers    that may be sizes: of tiles, chunks, windows
    thresholds  numbers that something is compared with or clipped to
    sentinels   by integer input, the negative numbers that it is compared with
    conditions  on sizes, also together with what is None
    """

    integers: tuple[int, ...] = ()
    thresholds: tuple[float, ...] = ()
    sentinels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()


NOTHING = Literals()


def read_literals(unit: Any, declaration: Declaration) -> Literals:
    """Read the literals of a unit and of what it uses from its own module; none if there is no source."""
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
    """Yield the statements of its module that a unit uses, directly or not, its own definition first."""
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
    """Find the code of a unit inside its decorators and adapters, or of its `__call__`."""
    function: Callable[..., Any] = unwrap_partial(inspect.unwrap(unwrap_partial(unit)))
    code = getattr(function if hasattr(function, "__code__") else type(function).__call__, "__code__", None)
    return code if isinstance(code, CodeType) else None


def begins_at(node: ast.AST, code: CodeType) -> bool:
    """Whether a definition is that of the code object, whose first line is that of the first decorator."""
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
    """Take the body of a function alone: numbers in annotations are not literals."""
    return ast.Module(node.body, []) if isinstance(node, ast.FunctionDef) else node


def read_number(node: ast.expr) -> float | None:
    """Return the number that an expression is, with its sign, or None."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(value=int() | float() as value)):
            return -value
    return None


def list_thresholds(comparison: ast.Compare) -> list[float]:
    """List the numbers of a comparison; integers only if the other side is not a size, such as `T`."""
    sides = (comparison.left, comparison.comparators[0])
    found = [read_number(side) for side in sides]
    counted = any(isinstance(side, ast.Name) and len(side.id) == 1 and side.id.isupper() for side in sides)
    return [float(n) for n in found if n is not None and (isinstance(n, float) or not counted)]


def list_clip_bounds(node: ast.AST) -> list[float]:
    """List the bounds of a call that clips an array."""
    match node:
        case ast.Call(func=ast.Attribute(attr="clip" | "maximum" | "minimum" | "fmax" | "fmin"), args=args):
            return [float(n) for n in map(read_number, args) if n is not None]
    return []


def sentinels(comparisons: list[ast.Compare], declaration: Declaration) -> dict[str, tuple[int, ...]]:
    """Find, for each integer input, the negative integers that it is compared with."""
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
    """Yield the conditions that compare a size letter with a number, by itself or joined with `and`."""
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
    """Return a size of the letter that makes a comparison with a number true."""
    match term:
        case ast.Compare(ast.Name(letter), [op], [ast.Constant(value=int(n))]) if letter in declaration.letters:
            return {letter: n + {ast.Gt: 1, ast.Lt: -1}.get(type(op), 0)} if n <= LARGEST else {}
        case ast.Compare(
            ast.BinOp(ast.Name(letter), ast.Mod(), ast.Constant(value=int(n))), [ast.Eq()], [ast.Constant(value=int(r))]
        ) if letter in declaration.letters:
            return {letter: n + r} if n <= LARGEST else {}
    return {}


def read_none_term(term: ast.AST) -> list[str]:
    """Return the input, or the output of an upstream gradient, that a term compares with None."""
    match term:
        case ast.Compare(ast.Name(name) | ast.Attribute(attr=name), [ast.Is()], [ast.Constant(value=None)]):
            return [name]
    return []
