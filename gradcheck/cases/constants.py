"""Numbers that expressions of a source stand for: `2**10`, `TILE`, `Config.limit`, `SIZES[0]`, `np.sqrt(1e-8)`.

Nothing of the source is run: names are looked up, and arithmetic and a few functions of numbers are computed here.
"""

import ast
import builtins
import inspect
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MemberDescriptorType, ModuleType
from typing import Any, NamedTuple, TypeGuard

import numpy as np

UNKNOWN = object()
"""What an expression is that stands for no known value."""
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
LARGEST_EXPONENT = 400
"""A power or a shift by more is not computed: an integer could have any number of digits."""
LARGEST = 2**63
FUNCTIONS = (
    *(float, int, abs, min, max, round, pow),
    *(math.sqrt, math.exp, math.log, math.log2, math.log10, math.pow, math.floor, math.ceil),
    *(np.sqrt, np.exp, np.log, np.log2, np.log10, np.power, np.square, np.abs, np.minimum, np.maximum),
    *(np.float64, np.float32, np.int64, np.int32, np.finfo, np.iinfo),
)
DEPTH = 12


class Example(NamedTuple):
    entry: int


FIELDS = (MemberDescriptorType, type(vars(Example)["entry"]))
"""The types of what reads a slot, or an entry of a named tuple."""


@dataclass(frozen=True)
class Scope:
    """Where names are looked up: what the source itself binds to constants, then the globals of its module."""

    globals: Mapping[str, Any] = field(default_factory=dict)
    bound: Mapping[str, ast.expr] = field(default_factory=dict)

    def evaluate(self, node: ast.expr, depth: int = 0) -> Any:
        """Return the value of an expression, or UNKNOWN."""
        if depth > DEPTH:
            return UNKNOWN
        match node:
            case ast.Constant(value=int() | float() | str() as value) if not isinstance(value, bool):
                return value
            case ast.Name(name):
                return self.look_up(name, depth)
            case ast.UnaryOp(ast.USub() | ast.UAdd() as sign, operand):
                value = self.evaluate(operand, depth + 1)
                return (-value if isinstance(sign, ast.USub) else value) if is_number(value) else UNKNOWN
            case ast.BinOp(left, op, right):
                return compute(op, self.evaluate(left, depth + 1), self.evaluate(right, depth + 1))
            case ast.Attribute(base, name):
                return read_attribute(self.evaluate(base, depth + 1), name)
        return self.evaluate_compound(node, depth + 1)

    def evaluate_compound(self, node: ast.expr, depth: int) -> Any:
        """Return the value of what has parts: an entry, a tuple, a dictionary, a call."""
        match node:
            case ast.Subscript(base, index):
                return read_entry(self.evaluate(base, depth), self.evaluate(index, depth))
            case ast.Tuple(entries) | ast.List(entries):
                return tuple(self.evaluate(e, depth) for e in entries)
            case ast.Dict(keys, values):
                pairs = zip(keys, values, strict=True)
                return {k.value: self.evaluate(v, depth) for k, v in pairs if isinstance(k, ast.Constant)}
            case ast.Call(function, args, []):
                return call(self.evaluate(function, depth), [self.evaluate(a, depth) for a in args])
        return UNKNOWN

    def look_up(self, name: str, depth: int = 0) -> Any:
        if name in self.bound:
            return self.evaluate(self.bound[name], depth + 1)
        return to_plain(self.globals.get(name, getattr(builtins, name, UNKNOWN)))

    def read_number(self, node: ast.expr) -> int | float | None:
        """Return the number that an expression stands for, or None."""
        value = self.evaluate(node)
        return value if is_number(value) else None

    def list_numbers(self, node: ast.AST) -> Iterator[int | float]:
        """Yield the numbers in a tree, each expression of constants as the one number that it is."""
        value = self.evaluate(node) if isinstance(node, ast.expr) else UNKNOWN
        if is_number(value):
            yield value
            return
        if isinstance(node, ast.Name) and isinstance(value, tuple | list):
            yield from (n for n in value if is_number(n))
        for child in ast.iter_child_nodes(node):
            yield from self.list_numbers(child)


def is_number(value: Any) -> TypeGuard[int | float]:
    return (type(value) is int and abs(value) < LARGEST) or (type(value) is float and math.isfinite(value))


def to_plain(value: Any) -> Any:
    """A scalar of NumPy as a number of Python."""
    return value.item() if isinstance(value, np.integer | np.floating) and type(value) is not np.longdouble else value


def compute(op: ast.operator, left: Any, right: Any) -> Any:
    """Return what an operator makes of two numbers, or UNKNOWN."""
    if not (is_number(left) and is_number(right) and type(op) in OPERATORS):
        return UNKNOWN
    if isinstance(op, ast.Pow | ast.LShift | ast.RShift) and abs(right) > LARGEST_EXPONENT:
        return UNKNOWN
    try:
        value = OPERATORS[type(op)](left, right)
    except (ArithmeticError, TypeError, ValueError):
        return UNKNOWN
    return value if is_number(value) else UNKNOWN


def call(function: Any, args: list[Any]) -> Any:
    """Return what one of a few known functions makes of numbers, or UNKNOWN."""
    known = any(function is f for f in FUNCTIONS)
    if not known or not all(is_number(a) or isinstance(a, str) or any(a is f for f in FUNCTIONS) for a in args):
        return UNKNOWN
    try:
        with np.errstate(all="ignore"):
            return to_plain(function(*args))
    except (ArithmeticError, TypeError, ValueError):
        return UNKNOWN


def read_attribute(value: Any, name: str) -> Any:
    """Read an attribute without running code: of a module, a class, an instance or a named tuple."""
    if value is UNKNOWN or (isinstance(value, ModuleType) and name not in vars(value)):
        return UNKNOWN
    found = inspect.getattr_static(value, name, UNKNOWN)
    if type(found) in FIELDS and not isinstance(value, type):
        found = type(found).__get__(found, value)
    return to_plain(found)


def read_entry(value: Any, key: Any) -> Any:
    if type(value) not in (tuple, list, dict) or type(key) not in (int, str):
        return UNKNOWN
    try:
        return to_plain(value[key])
    except (KeyError, IndexError, TypeError):
        return UNKNOWN
