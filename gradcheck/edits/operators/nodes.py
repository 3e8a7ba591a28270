"""Helpers of the operators: they build new nodes around those of the source, and ask what a node is."""

import ast
from collections.abc import Callable, Iterator

from ..rewrite import TreeChange
from ..scope import Scope

ChangeIterator = Iterator[TreeChange]
MutationOperator = Callable[[ast.AST, Scope], ChangeIterator]
ASSERTION_KEYWORDS = ("strict",)


def build_binary(left: ast.AST, op: type[ast.operator], right: ast.AST) -> ast.BinOp:
    assert isinstance(left, ast.expr)
    assert isinstance(right, ast.expr)
    return ast.BinOp(left, op(), right)


def negate_node(node: ast.AST) -> ast.UnaryOp:
    assert isinstance(node, ast.expr)
    return ast.UnaryOp(ast.USub(), node)


def flip_sign(node: ast.expr) -> ast.expr:
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else negate_node(node)


def is_product(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def is_assertion(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in ASSERTION_KEYWORDS


def is_module_name(node: ast.AST, scope: Scope) -> bool:
    """Whether a name holds no array, and so may be a module: np in np.sum(x)."""
    return isinstance(node, ast.Name) and not scope.is_a("array", node)


def is_only_binding(target: ast.AST, scope: Scope) -> bool:
    names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return any(scope.count_bindings(name) == 1 for name in names)
