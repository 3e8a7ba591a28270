"""A source file with its syntax tree, and the offsets of its nodes in characters; ast counts bytes."""

import ast
import io
import linecache
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import DeclarationError


@dataclass(frozen=True)
class Source:
    """The text of a file, line ends as they are; `encoding` is None where it is not a file on disk."""

    file: str
    text: str
    encoding: str | None = None

    @classmethod
    def read(cls, file: str) -> "Source":
        """Read a file.  Raises DeclarationError if its source is not available or does not parse."""
        try:
            source = read_source(file) if Path(file).is_file() else cls(file, "".join(linecache.getlines(file)))
            empty = not source.tree.body
        except (SyntaxError, UnicodeDecodeError) as error:
            raise DeclarationError(file, f"it does not parse ({error})", "fix the file, then try again") from error
        if empty:
            remedy = "define the unit in a file, and import it"
            raise DeclarationError(file, "its source is not available", remedy)
        return source

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines as Python counts them, with their ends: a form feed or a Unicode separator ends none."""
        return io.StringIO(self.text, newline="").readlines()

    @cached_property
    def starts(self) -> list[int]:
        """The offset of the first character of every line, then the offset of the end of the file."""
        offsets = [0]
        for line in self.lines:
            offsets.append(offsets[-1] + len(line))
        return offsets

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def definitions(self) -> dict[int, list[ast.AST]]:
        """Functions, lambdas and generators by the line at which they begin."""
        found: dict[int, list[ast.AST]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.Lambda | ast.GeneratorExp):
                found.setdefault(find_first_line(node), []).append(node)
        return found

    @cached_property
    def statements(self) -> list[tuple[int, int, ast.stmt]]:
        """Every statement with its span; nested statements come after those that contain them."""
        found = [(*self.get_span(node), node) for node in self.parents if isinstance(node, ast.stmt)]
        return sorted(found, key=lambda s: (s[0], -s[1]))

    def get_offset(self, line: int, column: int) -> int:
        """Return the offset in characters of a line, counted from 1, and a column in bytes of UTF-8."""
        text = self.lines[line - 1]
        return self.starts[line - 1] + len(text.encode()[:column].decode())

    def get_span(self, node: ast.AST) -> tuple[int, int]:
        """Return the span [start, end) of an expression or a statement in characters, without its decorators."""
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.get_offset(node.lineno, node.col_offset), self.get_offset(node.end_lineno, node.end_col_offset)

    def get_segment(self, node: ast.AST) -> str:
        start, end = self.get_span(node)
        return self.text[start:end]

    def find_statement(self, node: ast.AST) -> ast.stmt:
        """Find the smallest statement that contains the node."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node


def read_source(file: str) -> Source:
    content = Path(file).read_bytes()
    encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    return Source(file, content.decode(encoding), encoding)


def find_first_line(node: ast.AST) -> int:
    """Return the line at which a definition begins, counted from 1, with its decorators."""
    assert isinstance(node, ast.expr | ast.stmt)
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])
