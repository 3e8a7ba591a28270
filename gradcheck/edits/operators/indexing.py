"""Faults of indices and of order: a step too far, another gate, a transpose, two elements exchanged."""

import ast
import itertools

from ..rewrite import Replace, Swap
from ..scope import Scope, parts
from .nodes import Faults, binary, opposite

VIEWS = ("T", "mT", "real", "imag")


def index_shifted(node: ast.AST, scope: Scope) -> Faults:
    """[t] to [t - 1] and [t + 1]."""
    if isinstance(node, ast.Subscript):
        for part in parts(node.slice):
            if (isinstance(part, ast.Name) and scope.is_a("int", part)) or isinstance(part, ast.BinOp):
                yield Replace(part, binary(part, ast.Sub, ast.Constant(1)))
                yield Replace(part, binary(part, ast.Add, ast.Constant(1)))


def slice_moved(node: ast.AST, scope: Scope) -> Faults:
    """[1:] to [:-1] and the other way round; a bound moved by one or dropped; a step dropped or turned round."""
    if not isinstance(node, ast.Slice):
        return
    lower, upper, step = node.lower, node.upper, node.step
    one = ast.Constant(1)
    if lower is not None and upper is None:
        yield Replace(node, ast.Slice(None, opposite(lower), step))
    if upper is not None and lower is None:
        yield Replace(node, ast.Slice(opposite(upper), None, step))
    for bound in (lower, upper):
        if bound is not None and not isinstance(bound, ast.Constant | ast.UnaryOp):
            yield Replace(bound, binary(bound, ast.Add, one))
            yield Replace(bound, binary(bound, ast.Sub, one))
    for bounds in ((None, upper, step), (lower, None, step), (lower, upper, None)):
        yield Replace(node, ast.Slice(*bounds))


def slice_exchanged(node: ast.AST, scope: Scope) -> Faults:
    """The rows of one gate with those of another: any other slice of as many axes in the same function."""
    if isinstance(node, ast.Subscript) and node.slice in scope.slices:
        for other in scope.slices:
            if len(parts(other)) == len(parts(node.slice)):
                yield Replace(node.slice, other)


def transposed(node: ast.AST, scope: Scope) -> Faults:
    match node:
        case ast.Attribute(value=value, attr=attr, ctx=ast.Load()) if attr in VIEWS:
            yield Replace(node, value)
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            for operand in (left, right, node):
                if not (isinstance(operand, ast.Attribute) and operand.attr in VIEWS):
                    yield Replace(operand, ast.Attribute(operand, "T", ast.Load()))


def elements_exchanged(node: ast.AST, scope: Scope) -> Faults:
    """Of a tuple (also of targets), a list, a concatenation, arguments of a call, gradients returned in a dict."""
    match node:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Call(args=elements):
            yield from itertools.starmap(Swap, itertools.combinations(elements, 2))
        case ast.Dict(keys=keys, values=values):
            named = [value for key, value in zip(keys, values, strict=True) if key is not None]
            yield from itertools.starmap(Swap, itertools.combinations(named, 2))


def key_exchanged(node: ast.AST, scope: Scope) -> Faults:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        for key in scope.keys:
            yield Replace(node.slice, ast.Constant(key))
