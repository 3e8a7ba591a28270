"""Writes a change of a syntax tree as an edit of its source, which then parses to exactly the intended tree."""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from .edit import Edit
from .source import Source, find_first_line

OPERATOR_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
    ast.Pow: "**",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


@dataclass(frozen=True)
class NodeReplacement:
    """Replace a node by a new one, which may contain nodes of the source."""

    old: ast.AST
    new: ast.AST


@dataclass(frozen=True)
class NodeSwap:
    """Exchange two nodes; `first` comes before `second` in the source."""

    first: ast.AST
    second: ast.AST


TreeChange = NodeReplacement | NodeSwap
TreeForm = Any
"""A syntax tree as nested tuples: equal where `ast.dump` is equal, and three times as fast to make."""


class TextReplacement(NamedTuple):
    """Replace the characters [start, end) by `text`; `tree` is what the edited statement parses to."""

    start: int
    end: int
    text: str
    tree: tuple[int, TreeForm]


def rewrite_source(source: Source, change: TreeChange, kind: str) -> Edit | None:
    """Return the edit that makes this change; None if it changes nothing, or cannot be written."""
    written = SourceWriter(source).write(change)
    return None if written is None else Edit(source.file, *written[:3], kind)


class SourceWriter:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.forms: dict[ast.stmt, TreeForm] = {}

    def write(self, change: TreeChange) -> TextReplacement | None:
        """Return the first spelling that parses to the intended tree, with parentheses if needed; else None."""
        chunk = self.find_chunk(change.old if isinstance(change, NodeReplacement) else change.first)
        intended = self.make_intended_form(chunk, change)
        if chunk not in self.forms:
            self.forms[chunk] = make_tree_form(chunk)
        if self.forms[chunk] == intended:
            return None
        for start, end, text in self.list_spellings(change):
            if self.parse_edited(chunk, start, end, text) == intended:
                return TextReplacement(start, end, text, (chunk.lineno, intended))
        return None

    def find_chunk(self, node: ast.AST) -> ast.stmt:
        """Find the smallest statement around a node that begins its line: it is parsed again to check a spelling."""
        statement = self.source.find_statement(node)
        while statement is node or self.get_indent(statement).strip():
            statement = self.source.find_statement(self.source.parents[statement])
        return statement

    def get_indent(self, statement: ast.stmt) -> str:
        line = find_first_line(statement)
        begin = self.source.starts[line - 1]
        if line < statement.lineno:
            text = self.source.lines[line - 1]
            return text[: len(text) - len(text.lstrip())]
        return self.source.text[begin : self.source.get_offset(line, statement.col_offset)]

    def parse_edited(self, chunk: ast.stmt, start: int, end: int, text: str) -> TreeForm:
        """Return the form of the edited chunk; None if it does not parse to one statement."""
        first, last = self.source.starts[find_first_line(chunk) - 1], self.source.get_span(chunk)[1]
        edited = self.source.text[first:start] + text + self.source.text[end:last]
        try:
            body = ast.parse(("if 1:\n" if self.get_indent(chunk) else "") + edited).body
        except (SyntaxError, ValueError):
            return None
        if self.get_indent(chunk):
            body = getattr(body[0], "body", [])
        return make_tree_form(body[0]) if len(body) == 1 else None

    def make_intended_form(self, chunk: ast.stmt, change: TreeChange) -> TreeForm:
        """Return the form of the chunk after the change; the tree itself is restored."""
        nodes = [change.old] if isinstance(change, NodeReplacement) else [change.first, change.second]
        places = [make_setter(self.source.parents[node], node) for node in nodes]
        news = [change.new] if isinstance(change, NodeReplacement) else nodes[::-1]
        for put, new in zip(places, news, strict=True):
            put(new)
        try:
            return make_tree_form(chunk)
        finally:
            for put, old in zip(places, nodes, strict=True):
                put(old)

    def list_spellings(self, change: TreeChange) -> Iterator[tuple[int, int, str]]:
        if isinstance(change, NodeSwap):
            (start, a), (b, end) = self.source.get_span(change.first), self.source.get_span(change.second)
            first, between, second = self.source.text[start:a], self.source.text[a:b], self.source.text[b:end]
            for one, two in itertools.product((second, f"({second})"), (first, f"({first})")):
                yield start, end, one + between + two
            return
        if isinstance(change.old, ast.BinOp) and isinstance(change.new, ast.BinOp):
            yield from self.replace_operator(change.old, change.new)
        start, end = self.source.get_span(change.old)
        for text in self.list_texts(change.new):
            yield start, end, text
            if isinstance(change.new, ast.expr):
                yield start, end, f"({text})"

    def replace_operator(self, old: ast.BinOp, new: ast.BinOp) -> Iterator[tuple[int, int, str]]:
        """Replace the operator only, if nothing else changes."""
        if old.left is new.left and old.right is new.right:
            start, end = self.source.get_span(old.left)[1], self.source.get_span(old.right)[0]
            symbol, other = OPERATOR_SYMBOLS.get(type(old.op), ""), OPERATOR_SYMBOLS.get(type(new.op), "")
            at = self.source.text.find(symbol, start, end)
            if symbol and other and at >= 0:
                yield at, at + len(symbol), other

    def list_texts(self, new: ast.AST) -> Iterator[str]:
        """List spellings of the new node, plain and in parentheses; nodes of the source in it keep their own text."""
        originals: list[ast.AST] = []
        template = ast.unparse(insert_placeholders(new, originals))
        plain = [self.source.get_segment(node) for node in originals]
        wrapped = [f"({text})" for text in plain]
        ones = [[*plain[:k], wrapped[k], *plain[k + 1 :]] for k in range(len(plain))]
        for filling in (plain, *ones, wrapped):
            text = template
            for k, part in enumerate(filling):
                text = text.replace(make_placeholder(k), part)
            yield text


def make_tree_form(node: Any) -> TreeForm:
    if isinstance(node, ast.AST):
        return node.__class__, *[make_tree_form(getattr(node, name, None)) for name in node._fields]
    return tuple([make_tree_form(entry) for entry in node]) if isinstance(node, list) else repr(node)


def make_placeholder(k: int) -> str:
    return f"__hole_{k}__"


def insert_placeholders(node: Any, originals: list[ast.AST]) -> Any:
    """Copy a node, with a name in place of every node that comes from the source."""
    if isinstance(node, list):
        return [insert_placeholders(entry, originals) for entry in node]
    if not isinstance(node, ast.AST):
        return node
    if hasattr(node, "lineno"):
        originals.append(node)
        return ast.Name(make_placeholder(len(originals) - 1), ast.Load())
    copy = type(node)(**{name: insert_placeholders(value, originals) for name, value in ast.iter_fields(node)})
    return ast.copy_location(copy, ast.Pass(lineno=0)) if isinstance(copy, ast.stmt) else copy


def make_setter(parent: ast.AST, node: ast.AST) -> Any:
    """Return a function that replaces this node by another in the tree."""
    for name, value in ast.iter_fields(parent):
        if value is node:
            return lambda new: setattr(parent, name, new)
        if isinstance(value, list):
            for k, entry in enumerate(value):
                if entry is node:
                    return lambda new: value.__setitem__(k, new)
    raise ValueError(f"{ast.dump(node)} has left its parent")
