"""Sizes and ranges written in letters: `T`, `4*H`, `ifgo=4*H`, `T+1`, `0 <= labels < V`."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

SIZE_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


@dataclass(frozen=True)
class Dimension:
    """An integer expression in letters, with `+ - * //`.  ValueError if the text is anything else.

    `blocks` names the blocks of a size such as `4*H`, where the annotation does (`ifgo=4*H`); not part of the size.
    """

    text: str
    blocks: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        check_size_expression(self.tree, self.text)
        if self.factor > 1 and self.blocks and len(self.blocks) != self.factor:
            names = ", ".join(self.blocks)
            raise ValueError(f"{names} are {len(self.blocks)} names, and {self.text} has {self.factor} blocks")

    @classmethod
    def parse(cls, text: str) -> "Dimension":
        """Read `4*H`, or `ifgo=4*H` or `reset_update_new=3*H`, which name the blocks: by letters, or joined by `_`."""
        name, named, size = text.rpartition("=")
        blocks = name.split("_") if "_" in name else [*name]
        return cls(size, tuple(blocks) if named else ())

    @cached_property
    def factor(self) -> int:
        """How many blocks a size has: 4 of `4*H`, else 1."""
        match self.tree:
            case ast.BinOp(ast.Constant(value=int(count)), ast.Mult(), rest) if not isinstance(rest, ast.Constant):
                return count
        return 1

    @cached_property
    def tree(self) -> ast.expr:
        return parse_size_expression(self.text)

    @cached_property
    def letters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)))

    def size(self, sizes: Mapping[str, int]) -> int:
        return evaluate_size(self.tree, sizes)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ValueRange:
    """The values low <= name <= high that an integer input may take."""

    low: Dimension
    high: Dimension

    @classmethod
    def parse(cls, text: str, name: str) -> "ValueRange":
        """Read `0 <= name < V`; both bounds may be expressions.  ValueError if the text is anything else."""
        match parse_size_expression(text):
            case ast.Compare(left, [ast.LtE() | ast.Lt() as op_low, ast.LtE() | ast.Lt() as op_high], [middle, right]):
                pass
            case _:
                raise ValueError(f"{text!r} is not a range")
        if not (isinstance(middle, ast.Name) and middle.id == name):
            raise ValueError(f"{text!r} does not bound {name!r}")
        low, high = ast.unparse(left), ast.unparse(right)
        return cls(
            Dimension(low if isinstance(op_low, ast.LtE) else f"{low} + 1"),
            Dimension(high if isinstance(op_high, ast.LtE) else f"{high} - 1"),
        )


@cache
def parse_size_expression(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text!r} is not an expression") from error


def check_size_expression(node: ast.expr, text: str) -> None:
    match node:
        case ast.Name() | ast.Constant(value=int()):
            return
        case ast.UnaryOp(ast.USub(), operand):
            check_size_expression(operand, text)
        case ast.BinOp(left, op, right) if type(op) in SIZE_OPERATORS:
            check_size_expression(left, text)
            check_size_expression(right, text)
        case _:
            raise ValueError(f"{text!r} is not a size; a size is made of letters, integers and + - * //")


def evaluate_size(node: ast.expr, sizes: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(name):
            return sizes[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -evaluate_size(operand, sizes)
        case ast.BinOp(left, op, right):
            return SIZE_OPERATORS[type(op)](evaluate_size(left, sizes), evaluate_size(right, sizes))
    raise AssertionError(node)
