"""What faults are made of: new nodes around those of the source, and questions about these."""

import ast
from collections.abc import Callable, Iterator

from ..rewrite import Change
from ..scope import Scope

Faults = Iterator[Change]
Fault = Callable[[ast.AST, Scope], Faults]
ASSERTIONS = ("strict",)


def binary(left: ast.AST, op: type[ast.operator], right: ast.AST) -> ast.BinOp:
    assert isinstance(left, ast.expr)
    assert isinstance(right, ast.expr)
    return ast.BinOp(left, op(), right)


def negative(node: ast.AST) -> ast.UnaryOp:
    assert isinstance(node, ast.expr)
    return ast.UnaryOp(ast.USub(), node)


def opposite(node: ast.expr) -> ast.expr:
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else negative(node)


def is_product(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def is_assertion(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in ASSERTIONS


def is_module(node: ast.AST, scope: Scope) -> bool:
    """Whether a name is no variable of the function: np in np.sum(x)."""
    return isinstance(node, ast.Name) and not scope.is_a("array", node)


def only_binding(target: ast.AST, scope: Scope) -> bool:
    names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return any(scope.bindings(name) == 1 for name in names)
