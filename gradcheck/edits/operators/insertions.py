"""What may have been left out of a backward pass: insertions for `gradcheck repair`, one function each."""

import ast
from collections.abc import Iterator

from ..rewrite import NodeReplacement
from ..scope import Scope
from .nodes import ChangeIterator, MutationOperator, build_binary, negate_node

CONSTANT_ONE = ast.Constant(1)


def add_term(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x to x + n and x - n, of a name n."""
    if scope.is_term(node) and scope.is_array(node):
        for name in find_similar_arrays(node, scope):
            yield NodeReplacement(node, build_binary(node, ast.Add, name))
            yield NodeReplacement(node, build_binary(node, ast.Sub, name))


def add_factor(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x to x * n, x * (1 - n), x * (1 - n * n) and x * n * (1 - n): factors of the derivatives of gates."""
    if scope.is_term(node) and scope.is_array(node):
        for n in find_similar_arrays(node, scope):
            complement = build_binary(CONSTANT_ONE, ast.Sub, n)
            for factor in (n, complement, build_binary(CONSTANT_ONE, ast.Sub, build_binary(n, ast.Mult, n))):
                yield NodeReplacement(node, build_binary(node, ast.Mult, factor))
            yield NodeReplacement(node, build_binary(build_binary(node, ast.Mult, n), ast.Mult, complement))


def add_product(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x to n @ x, n.T @ x, x @ n and x @ n.T, of an array n of any shape."""
    if scope.is_term(node) and scope.is_array(node):
        for n in (ast.Name(name, ast.Load()) for name in scope.names_of_kind("array", node)):
            for operand in (n, ast.Attribute(n, "T", ast.Load())):
                yield NodeReplacement(node, build_binary(operand, ast.MatMult, node))
                yield NodeReplacement(node, build_binary(node, ast.MatMult, operand))


def take_complement(node: ast.AST, scope: Scope) -> ChangeIterator:
    """n to 1 - n and 1 - n * n."""
    if isinstance(node, ast.Name) and scope.is_a("array", node) and isinstance(scope.get_parent(node), ast.BinOp):
        yield NodeReplacement(node, build_binary(CONSTANT_ONE, ast.Sub, node))
        yield NodeReplacement(node, build_binary(CONSTANT_ONE, ast.Sub, build_binary(node, ast.Mult, node)))


def halve_constant(node: ast.AST, scope: Scope) -> ChangeIterator:
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value > 2 and node.value % 2 == 0:
        yield NodeReplacement(node, ast.Constant(node.value // 2))


def add_call(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x to x.sum(axis=k), x.copy() and x.T, and to f(x) for every function f that a name here holds."""
    if scope.is_term(node) and scope.is_array(node) and isinstance(node, ast.expr):
        for axis in (0, 1):
            axes = [ast.keyword("axis", ast.Constant(axis))]
            yield NodeReplacement(node, ast.Call(ast.Attribute(node, "sum", ast.Load()), [], axes))
        yield NodeReplacement(node, ast.Call(ast.Attribute(node, "copy", ast.Load()), [], []))
        yield NodeReplacement(node, ast.Attribute(node, "T", ast.Load()))
        for name in scope.names_of_kind("function", node):
            yield NodeReplacement(node, ast.Call(ast.Name(name, ast.Load()), [node], []))


def add_keyword(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x.sum() to x.sum(axis=0), axis=1, axis=-1 and keepdims=True; the same of other reductions."""
    match node:
        case ast.Call(func=ast.Attribute(attr="sum" | "mean" | "max" | "min" | "concatenate" | "split" | "stack")):
            given = {k.arg for k in node.keywords}
            axes: list[ast.expr] = [ast.Constant(0), CONSTANT_ONE, negate_node(CONSTANT_ONE)]
            for name, value in [*(("axis", axis) for axis in axes), ("keepdims", ast.Constant(True))]:
                if name not in given:
                    rest = [ast.keyword(k.arg, k.value) for k in node.keywords]
                    yield NodeReplacement(node, ast.Call(node.func, node.args, [*rest, ast.keyword(name, value)]))


def add_index(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x to x[t]."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and scope.is_a("array", node):
        for name in scope.names_of_kind("int", node):
            yield NodeReplacement(node, ast.Subscript(node, ast.Name(name, ast.Load()), ast.Load()))


def reverse_loop(node: ast.AST, scope: Scope) -> ChangeIterator:
    """range(T) to reversed(range(T)), and range(1, T) to range(T)."""
    match node:
        case ast.Call(func=ast.Name(id="range") as func, args=args):
            yield NodeReplacement(node, ast.Call(ast.Name("reversed", ast.Load()), [node], []))
            if len(args) == 2:
                yield NodeReplacement(node, ast.Call(func, [args[1]], []))


INSERTION_OPERATORS: tuple[MutationOperator, ...] = (
    add_term,
    add_factor,
    add_product,
    take_complement,
    halve_constant,
    add_call,
    add_keyword,
    add_index,
    reverse_loop,
)


def find_similar_arrays(node: ast.AST, scope: Scope) -> Iterator[ast.expr]:
    """List the names of arrays that have the shape of one that the expression names."""
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name) and scope.is_a("array", n)]
    for name in sorted({other for n in names for other in (n.id, *scope.names_of_same_shape(n))}):
        plain, _, field = name.partition(".")
        base = ast.Name(plain, ast.Load())
        yield ast.Attribute(base, field, ast.Load()) if field else base
