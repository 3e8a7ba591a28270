"""Faults of calls, loops, conditions and statements."""

import ast

from ..rewrite import Replace, Swap
from ..scope import Scope
from .nodes import ASSERTIONS, Faults, binary, is_module, only_binding

OPPOSITES: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
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


def call_dropped(node: ast.AST, scope: Scope) -> Faults:
    """f(x) to x, x.sum(axis=0) and x.copy() to x, reversed(range(T)) to range(T)."""
    match node:
        case ast.Call(func=func, args=args):
            for argument in args:
                if scope.is_array(argument) or (isinstance(func, ast.Name) and func.id == "reversed"):
                    yield Replace(node, argument)
            if isinstance(func, ast.Attribute) and scope.is_array(func.value) and not is_module(func.value, scope):
                yield Replace(node, func.value)


def keyword_dropped(node: ast.AST, scope: Scope) -> Faults:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is not None and keyword.arg not in ASSERTIONS:
                rest = [k for k in node.keywords if k is not keyword]
                yield Replace(node, ast.Call(node.func, node.args, [ast.keyword(k.arg, k.value) for k in rest]))


def range_shortened(node: ast.AST, scope: Scope) -> Faults:
    """By the first step, or by the last."""
    match node:
        case ast.Call(func=ast.Name(id="range") as func, args=[stop]):
            yield Replace(node, ast.Call(func, [ast.Constant(1), stop], []))
            yield Replace(stop, binary(stop, ast.Sub, ast.Constant(1)))


def comparison_flipped(node: ast.AST, scope: Scope) -> Faults:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other in OPPOSITES.get(type(op), ()):
                yield Replace(node, ast.Compare(left, [other()], [right]))
        case ast.BoolOp(op=op, values=values):
            yield Replace(node, ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))
        case ast.If(test=ast.Name() as test) | ast.While(test=ast.Name() as test):
            yield Replace(test, ast.UnaryOp(ast.Not(), test))


def arms_exchanged(node: ast.AST, scope: Scope) -> Faults:
    """Also one arm whatever the condition, as where None is not provided for."""
    if isinstance(node, ast.IfExp):
        yield Swap(node.body, node.orelse)
        yield Replace(node, node.body)
        yield Replace(node, node.orelse)


def accumulation_changed(node: ast.AST, scope: Scope) -> Faults:
    """+= to = and to -=, and = to += where there is something to add to."""
    match node:
        case ast.AugAssign(target=target, value=value):
            yield Replace(node, ast.Assign([target], value))
            for other in (ast.Add, ast.Sub):
                yield Replace(node, ast.AugAssign(target, other(), value))
        case ast.Assign(targets=[ast.Subscript() as target], value=value):
            yield Replace(node, ast.AugAssign(target, ast.Add(), value))
        case ast.Assign(targets=[ast.Name(id=name) as target], value=value) if scope.bindings(name) > 1:
            yield Replace(node, ast.AugAssign(target, ast.Add(), value))


def statement_deleted(node: ast.AST, scope: Scope) -> Faults:
    """Unless it is what gives a name its only value, or returns."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Assign(targets=targets) if any(only_binding(t, scope) for t in targets):
            return
        case ast.AnnAssign(target=target) if only_binding(target, scope):
            return
        case ast.Expr() | ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Break() | ast.Continue() | ast.If():
            yield Replace(node, ast.Pass())
