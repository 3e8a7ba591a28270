"""Reads from a unit's source where its behaviour may change: integers, thresholds, and conditions on sizes."""

import ast
import inspect
import linecache
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from ..unit.declaration import Declaration
from ..unit.partials import unwrap_partial
from .constants import Scope, is_number

SMALLEST, LARGEST = 4, 600
"""Smaller integers are sizes that are drawn anyway; larger ones would be too slow as sizes of several letters."""
MET = (*range(10), 16, 17, 32, 33, 64, 65)
"""Integers whose neighbours are sizes of every letter in any unit."""
LARGEST_LIMIT = 2048
SIZED = 256
"""Powers of two up to this are sizes anyway."""
DOUBLINGS = range(3, 12)
"""What takes so many steps, each twice as far as the one before, ends at a power of two."""
MOST_VALUES = 3
"""Of a name, such as the parameter of a helper that is called in several places, so many values are read."""
BYTES = ("int8", "uint8", "i1", "u1", "byte", "ubyte")
APART = (3, 5)
"""The sizes of two letters, one of which is to be larger."""
ASKED = {"f_contiguous": "fortran", "c_contiguous": "strided", "writeable": "readonly"}
CLIPPING = ("clip", "maximum", "minimum", "fmax", "fmin", "clamp", "max", "min")
BOUNDS = ("a_min", "a_max", "min", "max", "lower", "upper", "x1", "x2")


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
    precise     whether it asks for a dtype, or for the size of an item
    layouts     that it asks for: of an array, by its name
    limits      sizes that are large for several letters at once: integers, and 2**n where something is done n times
    """

    integers: tuple[int, ...] = ()
    thresholds: tuple[float, ...] = ()
    sentinels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    limits: tuple[int, ...] = ()
    precise: bool = False
    layouts: tuple[tuple[str, str], ...] = ()

    @property
    def extremes(self) -> list[float]:
        """The thresholds, those first that are farthest from 1: ordinary numbers are on both sides of the others."""
        return sorted(self.thresholds, key=lambda t: (-abs(math.log(abs(t))), t))

    @property
    def telling(self) -> list[int]:
        """The integers, those first that are no sizes of other cases."""
        return sorted(self.integers, key=lambda n: n in MET)


NOTHING = Literals()


def read_literals(unit: Any, declaration: Declaration) -> Literals:
    """Read the literals of a unit and of what it uses from its own module; none if there is no source."""
    definitions = [*list_definitions(unit)]
    bound = bind_constants(definitions, {*declaration.inputs, *declaration.options})
    scopes = [Scope(get_globals(unit), names) for names in bound]
    scope = scopes[0]
    trees = [strip_annotations(d) for d in definitions]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    integers = {abs(n) for some in scopes for tree in trees for n in some.list_numbers(tree) if isinstance(n, int)}
    doublings = [scope.read_number(count) for count in list_powers(nodes)]
    powers = {2**n for n in doublings if isinstance(n, int) and n in DOUBLINGS}
    powers |= {2 * SIZED for node in nodes if is_byte(node)}
    comparisons = [pair for n in nodes if isinstance(n, ast.Compare) for pair in split_comparison(n)]
    thresholds = [
        *(t for some in scopes for c in comparisons for t in list_thresholds(c, some)),
        *(t for some in scopes for n in nodes for t in list_clip_bounds(n, some)),
    ]
    return Literals(
        tuple(sorted(n for n in integers if SMALLEST <= n <= LARGEST)),
        tuple(sorted({t for t in thresholds if t})),
        sentinels(comparisons, declaration, scope),
        tuple(find_conditions(nodes, declaration, scope)),
        tuple(sorted({n for n in integers if LARGEST < n <= LARGEST_LIMIT} | {n for n in powers if n > SIZED})),
        any(asks_precision(node) for node in nodes),
        tuple(dict.fromkeys(pair for node in nodes for pair in list_asked_layouts(node, declaration))),
    )


def bind_constants(definitions: list[ast.AST], without: set[str]) -> list[dict[str, ast.expr]]:
    """The names that functions give a value: by one assignment, by the default of a parameter, or as an argument.

    Where a name has several values, each is in another dictionary.  Arguments of the unit are none: they vary from
    case to case.
    """
    nodes = [node for tree in definitions for node in ast.walk(tree)]
    found: dict[str, list[ast.expr]] = {}
    for name, value in (pair for node in nodes for pair in list_bindings(node)):
        found.setdefault(name, []).append(value)
    plain = [n.targets[0] for n in nodes if isinstance(n, ast.Assign) and len(n.targets) == 1]
    once = {id(t) for t in plain} | {id(n.target) for n in nodes if isinstance(n, ast.AnnAssign)}
    stored = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    places = {n.id: [m for m in stored if m.id == n.id] for n in stored}
    varied = {name for name, some in places.items() if len(some) > 1 or id(some[0]) not in once}
    fixed = {name: values for name, values in found.items() if name not in varied | without}
    return [{name: values[k % len(values)] for name, values in fixed.items()} for k in range(MOST_VALUES)]


def list_bindings(node: ast.AST) -> list[tuple[str, ast.expr]]:
    """The names that a node of the source gives a value, and these values."""
    match node:
        case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
            return [(name, value)]
        case ast.FunctionDef(args=args) | ast.Lambda(args=args):
            plain = [*args.posonlyargs, *args.args]
            pairs = [*zip(plain[len(plain) - len(args.defaults) :], args.defaults, strict=True)]
            named = [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None]
            return [(a.arg, d) for a, d in (*pairs, *named)]
        case ast.Call(ast.Name(), keywords=keywords):
            return [(k.arg, k.value) for k in keywords if k.arg is not None]
    return []


def list_powers(nodes: list[ast.AST]) -> Iterator[ast.expr]:
    """Yield what may count doublings: the bounds of ranges, and by how many bits something is shifted."""
    for node in nodes:
        match node:
            case ast.Call(ast.Name("range"), args):
                yield from args
            case ast.BinOp(_, ast.LShift() | ast.RShift(), count):
                yield count


def is_byte(node: ast.AST) -> bool:
    """Whether a node names integers of eight bits, which count to 255 at most."""
    match node:
        case ast.Attribute(attr=name) | ast.Constant(value=str() as name) | ast.Name(name):
            return name in BYTES
    return False


def split_comparison(node: ast.Compare) -> list[ast.Compare]:
    """Make a chain of comparisons one comparison for each two neighbours."""
    sides = [node.left, *node.comparators]
    return [ast.Compare(sides[k], [op], [sides[k + 1]]) for k, op in enumerate(node.ops)]


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
        yield node
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        queue += [
            named[name] for name in sorted(used & named.keys()) if not contains_node(named[name], [*seen, *queue])
        ]


def contains_node(node: ast.AST, nodes: list[ast.AST]) -> bool:
    return any(node is other for other in nodes)


def get_function(unit: Any) -> Any:
    """Find the function of a unit inside its decorators and adapters, or its `__call__`."""
    function: Callable[..., Any] = unwrap_partial(inspect.unwrap(unwrap_partial(unit)))
    return function if hasattr(function, "__code__") else type(function).__call__


def get_code(unit: Any) -> CodeType | None:
    code = getattr(get_function(unit), "__code__", None)
    return code if isinstance(code, CodeType) else None


def get_globals(unit: Any) -> Mapping[str, Any]:
    found = getattr(get_function(unit), "__globals__", {})
    return found if isinstance(found, dict) else {}


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


def list_thresholds(comparison: ast.Compare, scope: Scope) -> list[float]:
    """List the numbers of a comparison; integers only if the other side is not a size, such as `T`."""
    sides = (comparison.left, comparison.comparators[0])
    found = [scope.read_number(side) for side in sides]
    counted = any(isinstance(side, ast.Name) and len(side.id) == 1 and side.id.isupper() for side in sides)
    return [float(n) for n in found if n is not None and (isinstance(n, float) or not counted)]


def list_clip_bounds(node: ast.AST, scope: Scope) -> list[float]:
    """List the bounds of a call that clips an array, or that takes the larger or smaller of two numbers."""
    match node:
        case ast.Call(ast.Attribute(attr=name) | ast.Name(name), args, keywords) if name in CLIPPING:
            values = [scope.evaluate(a.value if isinstance(a, ast.Starred) else a) for a in args]
            values += [scope.evaluate(k.value) for k in keywords if k.arg in BOUNDS]
            spread = [n for v in values for n in (v if isinstance(v, tuple | list) else [v]) if is_number(n)]
            return [float(n) for n in spread if isinstance(n, float) or name not in ("max", "min")]
    return []


def sentinels(comparisons: list[ast.Compare], declaration: Declaration, scope: Scope) -> dict[str, tuple[int, ...]]:
    """Find, for each integer input, the negative integers that it is compared with."""
    found: dict[str, tuple[int, ...]] = {}
    for comparison in comparisons:
        left, right = comparison.left, comparison.comparators[0]
        for name_side, number_side in ((left, right), (right, left)):
            value = scope.read_number(number_side)
            used = {n.id for n in ast.walk(name_side) if isinstance(n, ast.Name)}
            if isinstance(value, int) and value < 0:
                for name in sorted(used & {n for n, i in declaration.inputs.items() if i.kind == "int"}):
                    found[name] = tuple(dict.fromkeys((*found.get(name, ()), value)))
    return found


def find_conditions(nodes: list[ast.AST], declaration: Declaration, scope: Scope) -> Iterator[Condition]:
    """Yield the conditions that compare a size letter with a number, by itself or joined with `and`."""
    for node in nodes:
        terms = node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]
        sizes: dict[str, int] = {}
        missing: list[str] = []
        for term in terms:
            sizes |= read_size_term(term, declaration, scope)
            missing += read_none_term(term)
        if sizes:
            none = tuple(n for n in declaration.outputs if n in missing)
            yield Condition(sizes, none, tuple(n for n in declaration.optional if n in missing))


def read_size_term(term: ast.AST, declaration: Declaration, scope: Scope) -> dict[str, int]:
    """Return a size of the letter that makes a comparison with a number true."""
    match term:
        case ast.Compare(ast.Name(letter), [op], [ast.Name(other)]) if {letter, other} <= {*declaration.letters}:
            less, more = APART
            pair = {ast.Gt: (more, less), ast.GtE: (more, less), ast.Eq: (less, less)}.get(type(op), APART)
            return {letter: pair[0], other: pair[1]}
        case ast.Compare(ast.Name(letter), [op], [other]) if letter in declaration.letters:
            n = scope.read_number(other)
            step = {ast.Gt: 1, ast.Lt: -1}.get(type(op), 0)
            return {letter: n + step} if isinstance(n, int) and 0 <= n <= LARGEST_LIMIT else {}
        case ast.Compare(ast.BinOp(ast.Name(letter), ast.Mod(), divisor), [ast.Eq()], [remainder]) if (
            letter in declaration.letters
        ):
            n, r = scope.read_number(divisor), scope.read_number(remainder)
            return {letter: n + r} if isinstance(n, int) and isinstance(r, int) and 0 < n <= LARGEST else {}
    return {}


def asks_precision(node: ast.AST) -> bool:
    """Whether a node compares a dtype, or reads how many bytes a number has."""
    if isinstance(node, ast.Compare):
        return any(isinstance(n, ast.Attribute) and n.attr in ("dtype", "float32") for n in ast.walk(node))
    return isinstance(node, ast.Attribute) and node.attr == "itemsize"


def list_asked_layouts(node: ast.AST, declaration: Declaration) -> list[tuple[str, str]]:
    """The layouts that a node asks of an array for: by its flags, or by its strides."""
    match node:
        case ast.Attribute(ast.Attribute(ast.Name(name) | ast.Attribute(attr=name), "flags"), flag):
            asked = ASKED.get(flag.lower())
        case ast.Attribute(ast.Name(name) | ast.Attribute(attr=name), "strides"):
            asked = "strided"
        case _:
            return []
    return [(name, asked)] if asked and name in {*declaration.inputs, *declaration.outputs} else []


def read_none_term(term: ast.AST) -> list[str]:
    """Return the input, or the output of an upstream gradient, that a term compares with None."""
    match term:
        case ast.Compare(ast.Name(name) | ast.Attribute(attr=name), [ast.Is()], [ast.Constant(value=None)]):
            return [name]
    return []
