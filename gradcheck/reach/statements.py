"""Puts marks into the functions of a file: before each statement, and where a branch is left without a block."""

import ast
import functools
from collections.abc import Sequence
from types import CodeType
from typing import NamedTuple

from ..edits.live import compile_text
from ..edits.source import find_first_line
from .conditions import is_choice, opposite, text_of
from .expressions import MARKS, Expressions, Number, constant, copied
from .point import Need, Point
from .validation import Validation

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor


class Condition(NamedTuple):
    """The text of a condition, and what is required of what runs under it."""

    text: str
    need: Need


ALWAYS = Condition("", "always")
UNBROKEN = Condition("the loop is not left by break", "always")
JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Instrumented(NamedTuple):
    """A file compile_text with calls of the recorder, which constants stand for, and its points by number."""

    code: CodeType
    points: tuple[Point, ...]


@functools.lru_cache(maxsize=256)
def instrument(file: str, text: str, validation: Validation) -> Instrumented:
    """A file with calls of the recorder in its functions; files that units share are compile_text once."""
    points: list[Point] = []

    def number(more: Sequence[Point]) -> int:
        points.extend(more)
        return len(points) - len(more)

    tree = ast.parse(text)
    statements = Statements(file, number, validation)
    for node in tree.body:
        statements.definition(node)
    return Instrumented(compile_text(tree, file), tuple(points))


class Statements(Expressions):
    def __init__(self, file: str, number: Number, validation: Validation) -> None:
        super().__init__(file, number)
        self.validation = validation

    def definition(self, node: ast.stmt) -> None:
        """Instrument the functions that run later of a statement of a module or class, which runs but once."""
        if isinstance(node, Function):
            self.function(node)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self.definition(child)

    def function(self, node: Function) -> None:
        self.functions.append((find_first_line(node), node.name))
        start = ast.get_docstring(node, clean=False) is not None
        node.body[start:] = self.block(node.body[start:], node, ALWAYS)
        self.functions.pop()

    def block(self, block: Sequence[ast.stmt], around: ast.stmt, condition: Condition) -> list[ast.stmt]:
        """A block that runs under a condition; what only raises at its end is left alone."""
        done: list[ast.stmt] = []
        under = around
        for k, node in enumerate(block):
            if self.validation.only_raises(block[k:]):
                return [*done, *block[k:]]
            self.under = (under.lineno, under.col_offset)
            point = self.point(node, "statement", "ran", *condition, block[-1].end_lineno)
            under, condition = node, left_by(node)
            done += self.assign(node, point)
            self.under = (node.lineno, node.col_offset)
            done.append(self.statement(node, block[k + 1 :]))
        return done

    def assign(self, node: ast.expr | ast.stmt, point: Point) -> list[ast.stmt]:
        """`marks[index] = 1` at the place of a node."""
        target = ast.Subscript(constant(MARKS), constant(self.number([point])), ast.Store())
        return [copied(ast.Assign([target], constant(1)), node)]

    def statement(self, node: ast.stmt, after: Sequence[ast.stmt]) -> ast.stmt:
        """A statement, instrumented; `after` are those that follow it in its block."""
        match node:
            case ast.If():
                self.branch(node, after)
            case ast.While():
                self.loop(node)
            case ast.For() | ast.AsyncFor():
                self.iteration(node)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    item.context_expr = self.expression(item.context_expr)
                node.body = self.block(node.body, node, ALWAYS)
            case ast.Try() | ast.TryStar():
                self.attempt(node)
            case ast.Match():
                self.match(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node)
            case ast.AnnAssign():
                node.value = node.value and self.expression(node.value)
            case _:
                return node if self.validation.is_guard(node) else self.visited(node)
        return node

    def visited(self, node: ast.stmt) -> ast.stmt:
        self.generic_visit(node)
        return node

    def branch(self, node: ast.If, after: Sequence[ast.stmt]) -> None:
        """An `if`: its sides are its blocks, of which one that only raises need not run."""
        raises, test = self.validation.only_raises, node.test
        true, false = Condition(text_of(test), need(test)), Condition(opposite(test), need(test))
        raised = raises(node.body) or raises(node.orelse)
        implied = bool(after) and (isinstance(node.body[-1], JUMPS) or raises(after))
        if not raised and not isinstance(test, ast.Constant):
            node.test = self.test(test)
        node.body = self.block(node.body, node, true)
        if node.orelse:
            node.orelse = self.block(node.orelse, node, false)
        elif not raised and not implied and not isinstance(test, ast.Constant):
            self.under = (node.lineno, node.col_offset)
            node.orelse = self.assign(test, self.point(test, "branch", "false", *true))

    def loop(self, node: ast.While) -> None:
        condition, test = Condition(text_of(node.test), need(node.test)), node.test
        node.test = self.test(test)
        node.body = self.block(node.body, node, condition)
        if node.orelse:
            node.orelse = self.block(node.orelse, node, UNBROKEN)
        elif not isinstance(test, ast.Constant):
            self.under = (node.lineno, node.col_offset)
            node.orelse = self.assign(test, self.point(test, "branch", "false", *condition))

    def iteration(self, node: Loop) -> None:
        condition = Condition(f"for {text_of(node.target)} in {text_of(node.iter)}", need(node.iter))
        node.iter = self.expression(node.iter)
        node.body = self.block(node.body, node, condition)
        node.orelse = self.block(node.orelse, node, UNBROKEN)

    def attempt(self, node: ast.Try | ast.TryStar) -> None:
        node.body = self.block(node.body, node, ALWAYS)
        for handler in node.handlers:
            caught = text_of(handler.type) if handler.type else ""
            handler.body = self.block(handler.body, node, Condition(f"except {caught}".strip(), "always"))
        node.orelse = self.block(node.orelse, node, Condition("nothing is raised", "always"))
        node.finalbody = self.block(node.finalbody, node, ALWAYS)

    def match(self, node: ast.Match) -> None:
        node.subject = self.expression(node.subject)
        for case in node.cases:
            text = f"case {text_of(case.pattern)}" + (f" if {text_of(case.guard)}" if case.guard else "")
            with self.evaluated_if(True):
                case.guard = case.guard and self.condition(case.guard)
            case.body = self.block(case.body, node, Condition(text, "by choice"))


def need(test: ast.expr) -> Need:
    return "by choice" if is_choice(test) else "always"


def left_by(node: ast.stmt) -> Condition:
    """The condition under which what follows a statement runs: not that of an `if` that returns."""
    if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], JUMPS):
        return Condition(opposite(node.test), need(node.test))
    return ALWAYS
