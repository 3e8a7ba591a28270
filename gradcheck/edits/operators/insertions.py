"""What may have been left out of a backward pass: faults run the other way, one function each, as in `faults`."""

import ast
from collections.abc import Iterator

from ..rewrite import Replace
from ..scope import Scope
from .nodes import Fault, Faults, binary, negative

ONE = ast.Constant(1)


def term_added(node: ast.AST, scope: Scope) -> Faults:
    """x to x + n and x - n, of a name n."""
    if scope.is_term(node) and scope.is_array(node):
        for name in near(node, scope):
            yield Replace(node, binary(node, ast.Add, name))
            yield Replace(node, binary(node, ast.Sub, name))


def factor_added(node: ast.AST, scope: Scope) -> Faults:
    """x to x * n, x * (1 - n), x * (1 - n * n) and x * n * (1 - n): what derivatives of gates are made of."""
    if scope.is_term(node) and scope.is_array(node):
        for n in near(node, scope):
            complement = binary(ONE, ast.Sub, n)
            for factor in (n, complement, binary(ONE, ast.Sub, binary(n, ast.Mult, n))):
                yield Replace(node, binary(node, ast.Mult, factor))
            yield Replace(node, binary(binary(node, ast.Mult, n), ast.Mult, complement))


def product_added(node: ast.AST, scope: Scope) -> Faults:
    """x to n @ x, n.T @ x, x @ n and x @ n.T, of an array n of any shape."""
    if scope.is_term(node) and scope.is_array(node):
        for n in (ast.Name(name, ast.Load()) for name in scope.held("array", node)):
            for operand in (n, ast.Attribute(n, "T", ast.Load())):
                yield Replace(node, binary(operand, ast.MatMult, node))
                yield Replace(node, binary(node, ast.MatMult, operand))


def complement_taken(node: ast.AST, scope: Scope) -> Faults:
    """n to 1 - n and 1 - n * n."""
    if isinstance(node, ast.Name) and scope.is_a("array", node) and isinstance(scope.parent(node), ast.BinOp):
        yield Replace(node, binary(ONE, ast.Sub, node))
        yield Replace(node, binary(ONE, ast.Sub, binary(node, ast.Mult, node)))


def constant_halved(node: ast.AST, scope: Scope) -> Faults:
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value > 2 and node.value % 2 == 0:
        yield Replace(node, ast.Constant(node.value // 2))


def call_added(node: ast.AST, scope: Scope) -> Faults:
    """x to x.sum(axis=k), x.copy() and x.T, and to f(x) for every function f that a name here holds."""
    if scope.is_term(node) and scope.is_array(node) and isinstance(node, ast.expr):
        for axis in (0, 1):
            axes = [ast.keyword("axis", ast.Constant(axis))]
            yield Replace(node, ast.Call(ast.Attribute(node, "sum", ast.Load()), [], axes))
        yield Replace(node, ast.Call(ast.Attribute(node, "copy", ast.Load()), [], []))
        yield Replace(node, ast.Attribute(node, "T", ast.Load()))
        for name in scope.held("function", node):
            yield Replace(node, ast.Call(ast.Name(name, ast.Load()), [node], []))


def keyword_added(node: ast.AST, scope: Scope) -> Faults:
    """The axis of a reduction, and that its axes are kept."""
    match node:
        case ast.Call(func=ast.Attribute(attr="sum" | "mean" | "max" | "min" | "concatenate" | "split" | "stack")):
            given = {k.arg for k in node.keywords}
            axes: list[ast.expr] = [ast.Constant(0), ONE, negative(ONE)]
            for name, value in [*(("axis", axis) for axis in axes), ("keepdims", ast.Constant(True))]:
                if name not in given:
                    rest = [ast.keyword(k.arg, k.value) for k in node.keywords]
                    yield Replace(node, ast.Call(node.func, node.args, [*rest, ast.keyword(name, value)]))


def index_added(node: ast.AST, scope: Scope) -> Faults:
    """x to x[t]."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and scope.is_a("array", node):
        for name in scope.held("int", node):
            yield Replace(node, ast.Subscript(node, ast.Name(name, ast.Load()), ast.Load()))


def loop_turned(node: ast.AST, scope: Scope) -> Faults:
    """range(T) to reversed(range(T)), and range(1, T) to range(T)."""
    match node:
        case ast.Call(func=ast.Name(id="range") as func, args=args):
            yield Replace(node, ast.Call(ast.Name("reversed", ast.Load()), [node], []))
            if len(args) == 2:
                yield Replace(node, ast.Call(func, [args[1]], []))


INSERTIONS: tuple[Fault, ...] = (
    term_added,
    factor_added,
    product_added,
    complement_taken,
    constant_halved,
    call_added,
    keyword_added,
    index_added,
    loop_turned,
)


def near(node: ast.AST, scope: Scope) -> Iterator[ast.expr]:
    """The arrays of the shapes of those that an expression names."""
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name) and scope.is_a("array", n)]
    for name in sorted({other for n in names for other in (n.id, *scope.alike(n))}):
        plain, _, field = name.partition(".")
        base = ast.Name(plain, ast.Load())
        yield ast.Attribute(base, field, ast.Load()) if field else base
