"""Puts calls of the recorder into expressions: comparisons, conditional expressions, comprehensions, limits."""

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from ..edits.source import find_first_line
from .conditions import is_choice, text_of
from .point import Kind, Need, Place, Point, Side

MARKS, HITS, TRUTHS, SIDES, LIMIT = range(0x67726164_636865636B_00, 0x67726164_636865636B_05)
"""Constants that stand for the recorder until the code is compile_text: no name is added that the unit could see.

Integers, for Python works out at once what is at an index of a constant, and an integer has no items.
"""

# How many limits a call has, beside its operand.
LIMITS = {"maximum": 1, "minimum": 1, "fmax": 1, "fmin": 1, "clip": 2, "abs": 0, "absolute": 0, "sign": 0}
BUILTINS = {"max": 1, "min": 1, "abs": 0}

Number = Callable[[Sequence[Point]], int]
"""Numbers points one after the other, and returns the number of the first."""

Node = TypeVar("Node", bound=ast.AST)
Comprehension = TypeVar("Comprehension", ast.ListComp, ast.SetComp, ast.GeneratorExp)


class Expressions(ast.NodeTransformer):
    """The expressions of a statement; what is decided at another time (defaults, annotations) is left alone."""

    def __init__(self, file: str, number: Number) -> None:
        self.file = file
        self.number = number
        self.functions: list[tuple[int, str]] = []
        self.under: Place = (0, 0)
        self.behind = False

    def point(
        self, node: ast.expr | ast.stmt, kind: Kind, side: Side, text: str, need: Need, end: int | None = None
    ) -> Point:
        outer = self.functions[-2] if len(self.functions) > 1 else None
        last = node.end_lineno or node.lineno
        here = (self.file, node.lineno, node.col_offset, kind, side, text, last, end or last)
        return Point(*here, self.under, self.functions[-1], outer, need)

    def sides(self, node: ast.expr, kind: Kind, text: str, choice: bool = False) -> int:
        need: Need = "by choice" if choice else "if evaluated" if self.behind else "always"
        return self.number([self.point(node, kind, "false", text, need), self.point(node, kind, "true", text, need)])

    @contextmanager
    def evaluated_if(self, choice: bool) -> Iterator[None]:
        """What is instrumented in the block may be evaluated only where the caller chooses so."""
        before = self.behind
        self.behind = before or choice
        yield
        self.behind = before

    def hit(self, node: ast.expr, value: ast.expr, point: Point) -> ast.expr:
        """`hits[index] or value`: the first is None, so this is the value, and its truth is asked once."""
        return copied(ast.BoolOp(ast.Or(), [item(HITS, node, constant(self.number([point]))), value]), node)

    def test(self, node: ast.expr) -> ast.expr:
        """The test of a statement, whose sides are its blocks: of its parts, those that are not decided by these."""
        match node:
            case ast.BoolOp(values=values):
                choices = list(map(is_choice, values))
                for k, value in enumerate(values):
                    with self.evaluated_if(any(choices[:k])):
                        values[k] = self.condition(value)
                return node
            case ast.UnaryOp(op=ast.Not()):
                node.operand = self.test(node.operand)
                return node
            case ast.Compare():
                return visited(self, node)
        return self.expression(node)

    def condition(self, node: ast.expr) -> ast.expr:
        """A condition of which nothing but the truth is used: the unit's own `not not` asks for it, once."""
        if isinstance(node, ast.Constant):
            return node
        kind: Kind = "comparison" if isinstance(node, ast.Compare) else "branch"
        index = self.sides(node, kind, text_of(node), is_choice(node))
        truth = ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), self.test(node)))
        return item(TRUTHS, node, ast.BinOp(constant(2 * index), ast.Add(), truth))

    def expression(self, node: ast.expr) -> ast.expr:
        found: ast.expr = self.visit(node)
        return found

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """One whose value is used: of an array, that of each element."""
        index = self.sides(node, "comparison", text_of(node), is_choice(node))
        return call(SIDES, node, constant(index), visited(self, node))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """One whose value is used: an operand that is reached tells the side on which the one before it was."""
        side: Side = "true" if isinstance(node.op, ast.And) else "false"
        operands, texts = list(node.values), list(map(text_of, node.values))
        choices = list(map(is_choice, operands))
        for k, operand in enumerate(operands):
            with self.evaluated_if(any(choices[:k])):
                node.values[k] = self.expression(operand)
            if k:
                need: Need = "by choice" if any(choices[:k]) else "always"
                point = self.point(operand, "branch", side, texts[k - 1], need)
                node.values[k] = self.hit(operand, node.values[k], point)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test = node.test
        choice = is_choice(test)
        node.test = self.condition(test)
        with self.evaluated_if(choice):
            node.body, node.orelse = self.expression(node.body), self.expression(node.orelse)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node.func:
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name):
                count = LIMITS.get(name)
            case ast.Name(id=name):
                count = BUILTINS.get(name)
            case _:
                count = None
        if count is not None and len(node.args) == count + 1:
            self.limit(node)
        return visited(self, node)

    def limit(self, node: ast.Call) -> None:
        """Note on which side of its limits the operand is: np.maximum(x, 0) compares as x > 0 does."""
        operands = [k for k, a in enumerate(node.args) if literal(a) is None]
        if len(operands) == 1 and not isinstance(node.args[operands[0]], ast.Starred):
            limits = [number for number in map(literal, node.args) if number is not None]
            operand = node.args[operands[0]]
            text = text_of(operand)
            for limit in limits or [0.0]:
                index = self.sides(operand, "comparison", f"{text} > {limit:g}")
                operand = call(LIMIT, operand, constant(index), operand, constant(limit))
            node.args[operands[0]] = operand

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        self.functions.append((find_first_line(node), "<lambda>"))
        point = self.point(node.body, "statement", "ran", "the lambda is called", "by choice")
        node.body = self.hit(node.body, self.expression(node.body), point)
        self.functions.pop()
        return node

    def comprehension(self, node: Comprehension) -> ast.expr:
        node.elt = self.element(node.elt, node.generators)
        return node

    visit_ListComp = visit_SetComp = visit_GeneratorExp = comprehension

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        node.key = self.expression(node.key)
        node.value = self.element(node.value, node.generators)
        return node

    def element(self, element: ast.expr, generators: list[ast.comprehension]) -> ast.expr:
        """What a comprehension is made of, once its clauses are instrumented."""
        text = " ".join(text_of(g) for g in generators)
        need: Need = "by choice" if any(map(is_choice, generators)) else "always"
        for generator in generators:
            generator.iter = self.expression(generator.iter)
            with self.evaluated_if(True):
                generator.ifs = [self.condition(condition) for condition in generator.ifs]
        with self.evaluated_if(True):
            return self.hit(element, self.expression(element), self.point(element, "statement", "ran", text, need))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Text is not judged."""
        return node


def literal(node: ast.expr) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -float(value)
    return None


def constant(value: Any) -> ast.Constant:
    return ast.Constant(value)


def call(recorder: int, node: ast.expr, *arguments: ast.expr) -> ast.expr:
    return copied(ast.Call(constant(recorder), list(arguments), []), node)


def item(recorder: int, node: ast.expr, key: ast.expr) -> ast.expr:
    return copied(ast.Subscript(constant(recorder), key, ast.Load()), node)


def copied(new: Node, old: ast.AST) -> Node:
    """A new node at the place of an old one, so that tracebacks and traces show the unit's own lines."""
    return ast.fix_missing_locations(ast.copy_location(new, old))


def visited(transformer: ast.NodeTransformer, node: ast.expr) -> ast.expr:
    """The node with its children visited."""
    found: ast.expr = transformer.generic_visit(node)  # type: ignore[assignment]
    return found
