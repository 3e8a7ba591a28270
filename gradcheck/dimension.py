"""Sizes and ranges written in letters: `T`, `4*H`, `T+1`, `0 <= labels < V`."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


@dataclass(frozen=True)
class Dimension:
    """An integer expression in letters, with `+ - * //`.  ValueError if the text is anything else."""

    text: str

    def __post_init__(self) -> None:
        check(self.tree, self.text)

    @cached_property
    def tree(self) -> ast.expr:
        return parse(self.text)

    @cached_property
    def letters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)))

    def size(self, sizes: Mapping[str, int]) -> int:
        return evaluate(self.tree, sizes)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Range:
    """The values low <= name <= high that an integer input may take."""

    low: Dimension
    high: Dimension

    @classmethod
    def parse(cls, text: str, name: str) -> "Range":
        """Read `0 <= name < V`; both bounds may be expressions.  ValueError if the text is anything else."""
        match parse(text):
            case ast.Compare(left, [ast.LtE() | ast.Lt() as op_low, ast.LtE() | ast.Lt() as op_high], [middle, right]):
                pass
            case _:
                raise ValueError(f"{text!r} is no range")
        if not (isinstance(middle, ast.Name) and middle.id == name):
            raise ValueError(f"{text!r} does not bound {name!r}")
        low, high = ast.unparse(left), ast.unparse(right)
        return cls(
            Dimension(low if isinstance(op_low, ast.LtE) else f"{low} + 1"),
            Dimension(high if isinstance(op_high, ast.LtE) else f"{high} - 1"),
        )


@cache
def parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text!r} is no expression") from error


def check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Name() | ast.Constant(value=int()):
            return
        case ast.UnaryOp(ast.USub(), operand):
            check(operand, text)
        case ast.BinOp(left, op, right) if type(op) in OPERATORS:
            check(left, text)
            check(right, text)
        case _:
            raise ValueError(f"{text!r} is no size: only letters, integers and + - * // are")


def evaluate(node: ast.expr, sizes: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(name):
            return sizes[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -evaluate(operand, sizes)
        case ast.BinOp(left, op, right):
            return OPERATORS[type(op)](evaluate(left, sizes), evaluate(right, sizes))
    raise AssertionError(node)
