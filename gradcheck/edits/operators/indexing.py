"""Faults of indices and of order: a step too far, another gate, a transpose, two elements exchanged."""

import ast
import itertools

from ..rewrite import NodeReplacement, NodeSwap
from ..scope import Scope, split_index
from .nodes import ChangeIterator, build_binary, flip_sign

VIEW_ATTRIBUTES = ("T", "mT", "real", "imag")


def shift_index(node: ast.AST, scope: Scope) -> ChangeIterator:
    """[t] to [t - 1] and [t + 1]."""
    if isinstance(node, ast.Subscript):
        for part in split_index(node.slice):
            if (isinstance(part, ast.Name) and scope.is_a("int", part)) or isinstance(part, ast.BinOp):
                yield NodeReplacement(part, build_binary(part, ast.Sub, ast.Constant(1)))
                yield NodeReplacement(part, build_binary(part, ast.Add, ast.Constant(1)))


def move_slice(node: ast.AST, scope: Scope) -> ChangeIterator:
    """[1:] to [:-1] and the other way round; a bound moved by one or dropped; a step dropped or turned round."""
    if not isinstance(node, ast.Slice):
        return
    lower, upper, step = node.lower, node.upper, node.step
    one = ast.Constant(1)
    if lower is not None and upper is None:
        yield NodeReplacement(node, ast.Slice(None, flip_sign(lower), step))
    if upper is not None and lower is None:
        yield NodeReplacement(node, ast.Slice(flip_sign(upper), None, step))
    for bound in (lower, upper):
        if bound is not None and not isinstance(bound, ast.Constant | ast.UnaryOp):
            yield NodeReplacement(bound, build_binary(bound, ast.Add, one))
            yield NodeReplacement(bound, build_binary(bound, ast.Sub, one))
    for bounds in ((None, upper, step), (lower, None, step), (lower, upper, None)):
        yield NodeReplacement(node, ast.Slice(*bounds))


def exchange_slice(node: ast.AST, scope: Scope) -> ChangeIterator:
    """The rows of one gate to those of another: any other slice of as many axes in the same function."""
    if isinstance(node, ast.Subscript) and node.slice in scope.slices:
        for other in scope.slices:
            if len(split_index(other)) == len(split_index(node.slice)):
                yield NodeReplacement(node.slice, other)


def transpose_array(node: ast.AST, scope: Scope) -> ChangeIterator:
    match node:
        case ast.Attribute(value=value, attr=attr, ctx=ast.Load()) if attr in VIEW_ATTRIBUTES:
            yield NodeReplacement(node, value)
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            for operand in (left, right, node):
                if not (isinstance(operand, ast.Attribute) and operand.attr in VIEW_ATTRIBUTES):
                    yield NodeReplacement(operand, ast.Attribute(operand, "T", ast.Load()))


def exchange_elements(node: ast.AST, scope: Scope) -> ChangeIterator:
    """(a, b) to (b, a): elements of a tuple or a list, arguments of a call, gradients returned in a dict."""
    match node:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Call(args=elements):
            yield from itertools.starmap(NodeSwap, itertools.combinations(elements, 2))
        case ast.Dict(keys=keys, values=values):
            named = [value for key, value in zip(keys, values, strict=True) if key is not None]
            yield from itertools.starmap(NodeSwap, itertools.combinations(named, 2))


def exchange_key(node: ast.AST, scope: Scope) -> ChangeIterator:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        for key in scope.keys:
            yield NodeReplacement(node.slice, ast.Constant(key))
