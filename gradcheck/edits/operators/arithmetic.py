"""Faults of the arithmetic: operators, operands, signs, factors, constants and names."""

import ast

from ..rewrite import NodeReplacement
from ..scope import Scope
from .nodes import ChangeIterator, build_binary, is_assertion, is_product, negate_node

OPERATOR_EXCHANGES: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Add, ast.Sub, ast.Div, ast.MatMult),
    ast.Div: (ast.Mult, ast.Sub),
    ast.MatMult: (ast.Mult, ast.Add),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
}


def exchange_operator(node: ast.AST, scope: Scope) -> ChangeIterator:
    if isinstance(node, ast.BinOp):
        for other in OPERATOR_EXCHANGES.get(type(node.op), ()):
            yield NodeReplacement(node, build_binary(node.left, other, node.right))


def drop_operand(node: ast.AST, scope: Scope) -> ChangeIterator:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield NodeReplacement(node, left)
            yield NodeReplacement(node, negate_node(right) if isinstance(op, ast.Sub) else right)
        case ast.BoolOp(values=values):
            for value in values:
                rest = [v for v in values if v is not value]
                yield NodeReplacement(node, ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0])


def exchange_operands(node: ast.AST, scope: Scope) -> ChangeIterator:
    """a - b to b - a; the same of / and @."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield NodeReplacement(node, build_binary(node.right, type(node.op), node.left))


def change_sign(node: ast.AST, scope: Scope) -> ChangeIterator:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield NodeReplacement(node, node.operand)
    elif scope.is_term(node) and scope.is_array(node):
        yield NodeReplacement(node, negate_node(node))


def double_factor(node: ast.AST, scope: Scope) -> ChangeIterator:
    """x * y to x * x * y, and of a term x to 2 * x."""
    if not isinstance(node, ast.expr):
        return
    match scope.get_parent(node):
        case ast.BinOp(op=ast.Mult()) if not isinstance(node, ast.Constant) and not is_product(node):
            yield NodeReplacement(node, build_binary(node, ast.Mult, node))
    if scope.is_term(node) and scope.is_array(node):
        yield NodeReplacement(node, build_binary(ast.Constant(2), ast.Mult, node))


def reset_term(node: ast.AST, scope: Scope) -> ChangeIterator:
    """A carry, an argument, a gradient to zero; a term of a sum is left to `drop_operand`."""
    if scope.is_term(node) and scope.is_array(node) and not isinstance(scope.get_parent(node), ast.BinOp):
        yield NodeReplacement(node, build_binary(ast.Constant(0), ast.Mult, node))


def change_constant(node: ast.AST, scope: Scope) -> ChangeIterator:
    if not isinstance(node, ast.Constant) or is_assertion(scope.get_parent(node)):
        return
    if isinstance(node.value, bool):
        yield NodeReplacement(node, ast.Constant(not node.value))
    elif isinstance(node.value, int | float):
        for value in dict.fromkeys((0, 1, node.value + 1, node.value - 1, 2 * node.value, -node.value)):
            if value != node.value:
                yield NodeReplacement(node, ast.Constant(value) if value >= 0 else negate_node(ast.Constant(-value)))


def exchange_name(node: ast.AST, scope: Scope) -> ChangeIterator:
    """A name to that of another array, or another tuple of arrays, of the same shape."""
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and not scope.is_measured(node):
        for other in scope.names_of_same_shape(node):
            name, _, field = other.partition(".")
            plain = ast.Name(name, ast.Load())
            yield NodeReplacement(node, ast.Attribute(plain, field, ast.Load()) if field else plain)
