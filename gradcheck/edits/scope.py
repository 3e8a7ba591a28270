"""What names hold at a place of the backward pass, as seen when it ran: arrays of which shapes, integers, functions."""

import ast
import builtins
from functools import cached_property

from .backward import Region
from .trace import ValueKind

SIZE_ATTRIBUTES = ("shape", "ndim", "size", "dtype")
NON_TERM_CALLS = ("empty", "zeros", "ones", "empty_like", "zeros_like", "ones_like", "arange", "eye", "dtype", "finfo")


class Scope:
    def __init__(self, region: Region) -> None:
        self.region = region
        self.source = region.source

    def get_parent(self, node: ast.AST) -> ast.AST:
        return self.source.parents[node]

    def kinds_at(self, node: ast.AST) -> list[dict[str, ValueKind]]:
        """List what names held, once for every return of the functions and generator expressions around a node."""
        found: list[dict[str, ValueKind]] = []
        while True:
            found += self.region.kinds.get(node, ())
            if node is self.region.node:
                return found
            node = self.get_parent(node)

    def is_a(self, kind: str, node: ast.AST) -> bool:
        """Whether a name or `name.field` held nothing but arrays ("array") or integers ("int")."""
        name = ast.unparse(node)
        held = [kinds[name][0] for kinds in self.kinds_at(node) if name in kinds]
        return bool(held) and set(held) == {kind}

    def names_of_kind(self, kind: str, node: ast.AST) -> list[str]:
        """List the names, bound at a node, that always held one kind of value: "array", "int" or "function"."""
        kinds = self.kinds_at(node)
        others = {name for k in kinds for name in k if k[name][0] != kind}
        names = {name for k in kinds for name in k if "." not in name} - others
        return sorted(name for name in names if self.is_bound(name, node))

    def names_of_same_shape(self, node: ast.AST) -> list[str]:
        """List the other names, bound at a node, that held arrays of the same shapes whenever both held arrays."""
        name = ast.unparse(node)
        here = [k for k in self.kinds_at(node) if name in k and k[name][0] in ("array", "sequence")]
        differ = {other for k in here for other in k if k[other] != k[name]}
        names = {other for k in here for other in k} - differ - {name}
        return sorted(other for other in names if self.is_bound(other, node))

    def is_bound(self, name: str, node: ast.AST) -> bool:
        """Whether a name has a value at a node, that is, no later statement of the function assigns it first."""
        name, line = name.partition(".")[0], self.source.find_statement(node).lineno
        lines = [n.lineno for n in self.stores if n.id == name]
        return not lines or name in self.arguments or min(lines) < line or self.is_in_loop(node)

    def is_array(self, node: ast.AST) -> bool:
        """Whether an expression counts as an array: what sizes, shapes and new buffers are computed from does not."""
        match node:
            case ast.Name():
                return self.is_a("array", node)
            case ast.BinOp(left=left, right=right):
                return self.is_array(left) or self.is_array(right)
            case ast.UnaryOp(operand=inner) | ast.IfExp(body=inner):
                return self.is_array(inner)
            case ast.Attribute(value=value, attr=attr):
                return attr not in SIZE_ATTRIBUTES and not (isinstance(value, ast.Name) and value.id == "self")
            case ast.Subscript(value=value):
                return not isinstance(value, ast.Attribute) or value.attr not in SIZE_ATTRIBUTES
            case ast.Call(func=ast.Name(id=name)):
                return not hasattr(builtins, name)
            case ast.Call(func=ast.Attribute(attr=attr)):
                return attr not in NON_TERM_CALLS
        return False

    def is_measured(self, node: ast.AST) -> bool:
        """Whether only the sizes of an array are used, none of its numbers: x.shape, len(x), np.zeros_like(x)."""
        match self.get_parent(node):
            case ast.Attribute(attr=attr):
                return attr in SIZE_ATTRIBUTES
            case ast.Call(func=ast.Name(id=name)):
                return hasattr(builtins, name)
            case ast.Call(func=ast.Attribute(attr=attr)):
                return attr in NON_TERM_CALLS
        return False

    def is_term(self, node: ast.AST) -> bool:
        """Whether a node is a whole term, and not only a factor of a product or the operand of a sign around it."""
        match self.get_parent(node):
            case ast.BinOp(op=op):
                return isinstance(op, ast.Add | ast.Sub)
            case ast.Call(args=args):
                return node in args and not self.is_measured(node)
            case ast.Assign(targets=[ast.Name() | ast.Tuple() as target], value=ast.Call()):
                return self.is_a("array", target)
            case ast.Assign(value=value) | ast.AnnAssign(value=value) | ast.AugAssign(value=value):
                return value is node
            case ast.Return() | ast.Dict() | ast.Lambda() | ast.GeneratorExp() | ast.ListComp():
                return True
            case ast.Tuple(ctx=context) | ast.List(ctx=context):
                return isinstance(context, ast.Load) and not isinstance(
                    self.get_parent(self.get_parent(node)), ast.Subscript
                )
            case ast.IfExp(test=test):
                return test is not node
        return False

    @cached_property
    def stores(self) -> list[ast.Name]:
        """The names that the function assigns, without those of its comprehensions."""
        inner = [n for c in ast.walk(self.region.node) if isinstance(c, ast.comprehension) for n in ast.walk(c.target)]
        nodes = [n for n in ast.walk(self.region.node) if isinstance(n, ast.Name) and n not in inner]
        return [n for n in nodes if isinstance(n.ctx, ast.Store)]

    @cached_property
    def arguments(self) -> list[str]:
        return [n.arg for n in ast.walk(self.region.node.args) if isinstance(n, ast.arg)]

    def count_bindings(self, name: str) -> int:
        """Count the places of the function that assign a name."""
        return [*self.arguments, *(n.id for n in self.stores)].count(name)

    @cached_property
    def slices(self) -> list[ast.expr]:
        """The slices that the function takes of its arrays, such as the rows of a gate."""
        subscripts = [n for n in ast.walk(self.region.node) if isinstance(n, ast.Subscript)]
        return [n.slice for n in subscripts if any(isinstance(part, ast.Slice) for part in split_index(n.slice))]

    @cached_property
    def keys(self) -> list[str]:
        """The strings that the function uses as keys."""
        nodes = list(ast.walk(self.region.node))
        keys = [n.slice for n in nodes if isinstance(n, ast.Subscript)]
        keys += [k for n in nodes if isinstance(n, ast.Dict) for k in n.keys if k is not None]
        return sorted({k.value for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str)})

    def is_in_loop(self, node: ast.AST) -> bool:
        while node is not self.region.node:
            node = self.get_parent(node)
            if isinstance(node, ast.For | ast.While):
                return True
        return False


def split_index(index: ast.expr) -> list[ast.expr]:
    """List the indices of a subscript, one for each axis."""
    return list(index.elts) if isinstance(index, ast.Tuple) else [index]
