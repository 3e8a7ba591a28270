"""Conditions: their text, that of the opposite, and whether they are about numbers or a choice of the caller."""

import ast

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
LONGEST = 80


def text_of(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def opposite(node: ast.expr) -> str:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=comparators):
            return text_of(ast.Compare(left, [OPPOSITE[type(op)]()], comparators))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return text_of(operand)
        case ast.BoolOp():
            return f"not ({text_of(node)})"
    return f"not {text_of(node)}"


def is_choice(node: ast.AST) -> bool:
    """Whether a condition asks what a function was given, not how large: `xi is None`, `kind == "relu"`, `w.ndim == 1`.

    A function that several units call is asked so for the sake of each: none of them takes every such branch.
    """
    if isinstance(node, ast.BoolOp):
        return any(map(is_choice, node.values))
    if isinstance(node, ast.comprehension):
        return not is_numeric(node.iter) or any(map(is_choice, node.ifs))
    return not is_numeric(node)


def is_numeric(node: ast.AST) -> bool:
    """Whether an expression compares, counts or computes numbers."""
    match node:
        case ast.Compare():
            return compares_numbers(node)
        case ast.Name(id=name):
            # T, B, H: what the field calls sizes.
            return len(name) == 1 and name.isupper()
        case ast.Constant():
            return False
        case ast.Attribute(attr=attr):
            return attr in ("size", "shape", "T")
        case ast.Call(func=ast.Name(id=name)):
            return name in ("range", "len", "any", "all", "bool", "float", "int")
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy"))):
            return True
        case ast.Call(func=ast.Attribute(attr=attr)):
            return attr in ("any", "all", "item", "max", "min", "sum")
        case ast.BinOp():
            return is_number(node.left) or is_number(node.right)
    return any(map(is_numeric, ast.iter_child_nodes(node)))


def compares_numbers(node: ast.Compare) -> bool:
    """Whether a comparison is by size, or an equality with a number on one side."""
    sides = [node.left, *node.comparators]
    if any(isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in node.ops) or any(map(is_kind, sides)):
        return False
    ordered = all(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
    return ordered or any(map(is_number, sides))


def is_number(node: ast.AST) -> bool:
    """Whether one side of an equality shows it to be of numbers."""
    return is_numeric(node) or (isinstance(node, ast.Constant) and type(node.value) in (int, float))


def is_kind(node: ast.AST) -> bool:
    """Whether a side of a comparison is a property that sizes and values do not change."""
    match node:
        case ast.Attribute(attr="ndim" | "dtype" | "kind" | "shape") | ast.Constant(value=None | str() | bool()):
            return True
        case ast.Call(func=ast.Attribute(attr="keys")) | ast.Call(func=ast.Name(id="type")):
            return True
    return False
