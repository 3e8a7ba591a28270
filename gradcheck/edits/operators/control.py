"""Faults of calls, loops, conditions and statements."""

import ast

from ..rewrite import NodeReplacement, NodeSwap
from ..scope import Scope
from .nodes import ASSERTION_KEYWORDS, ChangeIterator, build_binary, is_module_name, is_only_binding

OPPOSITE_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt, ast.GtE),
    ast.Gt: (ast.GtE, ast.LtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt, ast.LtE),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def drop_call(node: ast.AST, scope: Scope) -> ChangeIterator:
    """f(x) to x, x.sum(axis=0) and x.copy() to x, reversed(range(T)) to range(T)."""
    match node:
        case ast.Call(func=func, args=args):
            for argument in args:
                if scope.is_array(argument) or (isinstance(func, ast.Name) and func.id == "reversed"):
                    yield NodeReplacement(node, argument)
            if isinstance(func, ast.Attribute) and scope.is_array(func.value) and not is_module_name(func.value, scope):
                yield NodeReplacement(node, func.value)


def drop_keyword(node: ast.AST, scope: Scope) -> ChangeIterator:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is not None and keyword.arg not in ASSERTION_KEYWORDS:
                rest = [k for k in node.keywords if k is not keyword]
                yield NodeReplacement(node, ast.Call(node.func, node.args, [ast.keyword(k.arg, k.value) for k in rest]))


def shorten_range(node: ast.AST, scope: Scope) -> ChangeIterator:
    """range(T) to range(1, T) and range(T - 1): the first or the last step is left out."""
    match node:
        case ast.Call(func=ast.Name(id="range") as func, args=[stop]):
            yield NodeReplacement(node, ast.Call(func, [ast.Constant(1), stop], []))
            yield NodeReplacement(stop, build_binary(stop, ast.Sub, ast.Constant(1)))


def flip_comparison(node: ast.AST, scope: Scope) -> ChangeIterator:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other in OPPOSITE_COMPARISONS.get(type(op), ()):
                yield NodeReplacement(node, ast.Compare(left, [other()], [right]))
        case ast.BoolOp(op=op, values=values):
            yield NodeReplacement(node, ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))
        case ast.If(test=ast.Name() as test) | ast.While(test=ast.Name() as test):
            yield NodeReplacement(test, ast.UnaryOp(ast.Not(), test))


def exchange_arms(node: ast.AST, scope: Scope) -> ChangeIterator:
    """`a if c else b` to `b if c else a`, to a, and to b, as if c did not matter."""
    if isinstance(node, ast.IfExp):
        yield NodeSwap(node.body, node.orelse)
        yield NodeReplacement(node, node.body)
        yield NodeReplacement(node, node.orelse)


def change_accumulation(node: ast.AST, scope: Scope) -> ChangeIterator:
    """+= to = and to -=; = to += if the name has a value before."""
    match node:
        case ast.AugAssign(target=target, value=value):
            yield NodeReplacement(node, ast.Assign([target], value))
            for other in (ast.Add, ast.Sub):
                yield NodeReplacement(node, ast.AugAssign(target, other(), value))
        case ast.Assign(targets=[ast.Subscript() as target], value=value):
            yield NodeReplacement(node, ast.AugAssign(target, ast.Add(), value))
        case ast.Assign(targets=[ast.Name(id=name) as target], value=value) if scope.count_bindings(name) > 1:
            yield NodeReplacement(node, ast.AugAssign(target, ast.Add(), value))


def delete_statement(node: ast.AST, scope: Scope) -> ChangeIterator:
    """A statement to pass, unless it gives a name its only value, or returns."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Assign(targets=targets) if any(is_only_binding(t, scope) for t in targets):
            return
        case ast.AnnAssign(target=target) if is_only_binding(target, scope):
            return
        case ast.Expr() | ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Break() | ast.Continue() | ast.If():
            yield NodeReplacement(node, ast.Pass())
