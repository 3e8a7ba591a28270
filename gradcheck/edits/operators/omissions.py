"""Insertions that repair tries in addition: a size, a condition for None, an append that was forgotten."""

import ast

from .. import NodeReplacement
from ..scope import Scope
from .nodes import ChangeIterator, MutationOperator, build_binary


def add_size(node: ast.AST, scope: Scope) -> ChangeIterator:
    """n to m * n, of the sizes in scope."""
    if (
        isinstance(node, ast.Name)
        and scope.is_a("int", node)
        and isinstance(scope.get_parent(node), ast.Call | ast.Tuple)
    ):
        for name in scope.names_of_kind("int", node):
            yield NodeReplacement(node, build_binary(ast.Name(name, ast.Load()), ast.Mult, node))


def provide_for_none(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x to `y if n is None else x`, of a name n in x that was None in some case: y is zeros, or x without n."""
    if not scope.is_term(node) or not isinstance(node, ast.expr):
        return
    for name in find_absent_names(node, scope):
        for rest in (*drop_terms(name, node), *build_zeros(name, node, scope)):
            missing = ast.Compare(parse_expression(name), [ast.Is()], [ast.Constant(None)])
            yield NodeReplacement(node, ast.IfExp(missing, rest, node))


def drop_terms(name: str, node: ast.expr) -> list[ast.expr]:
    """List the operands of a sum that do not contain a name."""
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else []
    return [side for side in sides if name not in ast.unparse(side)]


def build_zeros(name: str, node: ast.expr, scope: Scope) -> list[ast.expr]:
    """Build np.zeros_like(a) for each array a that always had the shape of a name."""
    like = [k for k in scope.kinds_at(node) if name in k]
    names = set.intersection(*({n for n in k if k[n] == k[name] and n != name} for k in like))
    return [parse_expression(f"np.zeros_like({n})") for n in sorted(names) if scope.is_bound(n, node)]


def parse_expression(text: str) -> ast.expr:
    """Parse an expression into nodes without positions, as they are not in the source."""
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        for attribute in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if attribute in node.__dict__:
                delattr(node, attribute)
    return tree


def add_append(node: ast.AST, scope: Scope) -> ChangeIterator:
    """A statement that is an expression without effect, x, to LIST.append(x)."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.BinOp | ast.Name | ast.Attribute | ast.Subscript):
        stores = [name for name in scope.stores if isinstance(scope.get_parent(name), ast.Assign | ast.Tuple)]
        for name in dict.fromkeys(store.id for store in stores):
            append = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
            yield NodeReplacement(node.value, ast.Call(append, [node.value], []))


def find_absent_names(node: ast.AST, scope: Scope) -> list[str]:
    """List the names in an expression that were None in some call."""
    held = scope.kinds_at(node)
    names = {ast.unparse(n) for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)}
    return sorted(n for n in names if any(n in k for k in held) and any(n not in k for k in held))


OMISSION_OPERATORS: tuple[MutationOperator, ...] = (add_size, provide_for_none, add_append)
