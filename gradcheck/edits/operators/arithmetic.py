"""Faults of the arithmetic: operators, operands, signs, factors, constants and names."""

import ast

from ..rewrite import Replace
from ..scope import Scope
from .nodes import Faults, binary, is_assertion, is_product, negative

OTHERS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Add, ast.Sub, ast.Div, ast.MatMult),
    ast.Div: (ast.Mult, ast.Sub),
    ast.MatMult: (ast.Mult, ast.Add),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
}


def operator_exchanged(node: ast.AST, scope: Scope) -> Faults:
    if isinstance(node, ast.BinOp):
        for other in OTHERS.get(type(node.op), ()):
            yield Replace(node, binary(node.left, other, node.right))


def operand_dropped(node: ast.AST, scope: Scope) -> Faults:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield Replace(node, left)
            yield Replace(node, negative(right) if isinstance(op, ast.Sub) else right)
        case ast.BoolOp(values=values):
            for value in values:
                rest = [v for v in values if v is not value]
                yield Replace(node, ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0])


def operands_exchanged(node: ast.AST, scope: Scope) -> Faults:
    """Of - and / and @."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield Replace(node, binary(node.right, type(node.op), node.left))


def sign_changed(node: ast.AST, scope: Scope) -> Faults:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield Replace(node, node.operand)
    elif scope.is_term(node) and scope.is_array(node):
        yield Replace(node, negative(node))


def factor_doubled(node: ast.AST, scope: Scope) -> Faults:
    """x * y to x * x * y, and of a term x to 2 * x."""
    if not isinstance(node, ast.expr):
        return
    match scope.parent(node):
        case ast.BinOp(op=ast.Mult()) if not isinstance(node, ast.Constant) and not is_product(node):
            yield Replace(node, binary(node, ast.Mult, node))
    if scope.is_term(node) and scope.is_array(node):
        yield Replace(node, binary(ast.Constant(2), ast.Mult, node))


def term_reset(node: ast.AST, scope: Scope) -> Faults:
    """A carry, an argument, a gradient to zero; of a sum, an operand dropped does it."""
    if scope.is_term(node) and scope.is_array(node) and not isinstance(scope.parent(node), ast.BinOp):
        yield Replace(node, binary(ast.Constant(0), ast.Mult, node))


def constant_changed(node: ast.AST, scope: Scope) -> Faults:
    if not isinstance(node, ast.Constant) or is_assertion(scope.parent(node)):
        return
    if isinstance(node.value, bool):
        yield Replace(node, ast.Constant(not node.value))
    elif isinstance(node.value, int | float):
        for value in dict.fromkeys((0, 1, node.value + 1, node.value - 1, 2 * node.value, -node.value)):
            if value != node.value:
                yield Replace(node, ast.Constant(value) if value >= 0 else negative(ast.Constant(-value)))


def name_exchanged(node: ast.AST, scope: Scope) -> Faults:
    """With another array, or another tuple of arrays, of the same shape."""
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and not scope.is_measured(node):
        for other in scope.alike(node):
            name, _, field = other.partition(".")
            plain = ast.Name(name, ast.Load())
            yield Replace(node, ast.Attribute(plain, field, ast.Load()) if field else plain)
