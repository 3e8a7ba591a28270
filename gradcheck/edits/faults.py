"""The faults that people make in a backward pass, one function each: from a node of it to the changes of the tree.

The name of a function is the kind of its edits.
"""

import ast
import itertools
from collections.abc import Callable, Iterator

from .rewrite import Change, Replace, Swap
from .scope import Scope, parts

Faults = Iterator[Change]
Fault = Callable[[ast.AST, Scope], Faults]
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
VIEWS = ("T", "mT", "real", "imag")
ASSERTIONS = ("strict",)


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


FAULTS: tuple[Fault, ...] = (
    operator_exchanged,
    operand_dropped,
    operands_exchanged,
    sign_changed,
    factor_doubled,
    term_reset,
    constant_changed,
    name_exchanged,
    index_shifted,
    slice_moved,
    slice_exchanged,
    transposed,
    elements_exchanged,
    key_exchanged,
    call_dropped,
    keyword_dropped,
    range_shortened,
    comparison_flipped,
    arms_exchanged,
    accumulation_changed,
    statement_deleted,
)


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
