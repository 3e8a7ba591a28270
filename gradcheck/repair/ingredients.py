"""The ingredients of missing code: names in scope, expressions used elsewhere in the code, and forms of derivatives."""

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..edits import Region
from .probes import VisibleNames, is_float_array

MAX_INGREDIENTS = 80
MAX_SPELLINGS = 3
DERIVATIVE_FORMS = {"1 - {0}": 0, "{0} * (1 - {0})": 0, "1 - {0} * {0}": -1}
"""Lower bound of the numbers that may be an activation; the upper bound is 1."""
MAX_INGREDIENT_SIZE = 256


@dataclass
class Ingredient:
    """An expression: its texts (all have the same value, the most likely first), and its value each time."""

    texts: list[str]
    values: list[Array]

    @property
    def cost(self) -> int:
        return measure_cost(self.texts[0])

    def flatten_values(self, shapes: Sequence[tuple[int, ...]]) -> Array | None:
        """Return the values as one row, broadcast to these shapes; None if they do not fit."""
        if not all(can_broadcast(v, s) for v, s in zip(self.values, shapes, strict=True)):
            return None
        return np.concatenate([np.broadcast_to(v, s).ravel() for v, s in zip(self.values, shapes, strict=True)])


def can_broadcast(value: Array, shape: tuple[int, ...]) -> bool:
    """Whether a value broadcasts to a shape."""
    return value.ndim <= len(shape) and all(a in (1, b) for a, b in zip(value.shape[::-1], shape[::-1], strict=False))


def collect_ingredients(
    names: Sequence[VisibleNames], around: dict[str, Any], elsewhere: Sequence[str]
) -> list[Ingredient]:
    """Collect expressions of distinct values, the most likely first.

    names    those in scope, each time
    around   those of the module
    """
    plain = find_float_arrays(names)
    plain += [t for t in elsewhere if t.endswith("]")]
    likely = [
        form.format(n)
        for n in plain
        for form, low in DERIVATIVE_FORMS.items()
        if list_derivative_forms(n, names, around, low)
    ]
    derivatives = [form.format(name) for form in DERIVATIVE_FORMS for name in plain]
    others = sorted(
        {*elsewhere, *(t for name in plain for t in list_name_parts(name, names[0]))},
        key=lambda t: (measure_cost(t), t),
    )
    found: dict[bytes, Ingredient] = {}
    for text in dict.fromkeys([*plain, "2", *likely, *derivatives, *others]):
        values = evaluate_text(text, names, around)
        if values is not None and not is_zeros_or_ones(values):
            key = b"".join(np.round(v, 12).tobytes() + repr(v.shape).encode() for v in values)
            same = found.setdefault(key, Ingredient([], values))
            if len(same.texts) < MAX_SPELLINGS:
                same.texts.append(text)
    return list(found.values())


def find_float_arrays(names: Sequence[VisibleNames]) -> list[str]:
    """Find the names of float arrays; then fields of named tuples, and elements of tuples and lists of arrays."""
    plain = [n for n, v in names[0].items() if is_float_array(v) and v.size <= MAX_INGREDIENT_SIZE]
    fields = [
        f"{name}{key}"
        for name, value in names[0].items()
        if isinstance(value, tuple | list)
        for key, v in zip(list_keys(value), value, strict=False)
        if is_float_array(v)
    ]
    return [text for text in (*plain, *fields) if text.isprintable() and not text.startswith("_")]


def list_keys(value: Any) -> list[str]:
    return [f".{f}" for f in value._fields] if hasattr(value, "_fields") else [f"[{k}]" for k in range(4)]


def list_derivative_forms(name: str, names: Sequence[VisibleNames], around: dict[str, Any], low: int) -> bool:
    values = evaluate_text(name, names, around)
    return values is not None and all(bool(((v >= low) & (v <= 1)).all()) for v in values)


def list_name_parts(name: str, names: VisibleNames) -> Iterator[str]:
    yield f"{name}.sum(axis=0)"
    if name.isidentifier():
        for index in [n for n, v in names.items() if isinstance(v, int) and not isinstance(v, bool)]:
            yield from (f"{name}[{index}]", f"{name}[{index} - 1]", f"{name}[{index} + 1]")


def evaluate_text(text: str, names: Sequence[VisibleNames], around: dict[str, Any]) -> list[Array] | None:
    """Evaluate a text each time; None if a value is not a finite float array, or if there is none."""
    values = []
    for each in names:
        try:
            with np.errstate(all="ignore"):
                value = eval(compile_expression(text), around, each)
        except Exception:
            return None
        if not text.isdigit() and not (is_float_array(value) and value.size <= MAX_INGREDIENT_SIZE):
            return None
        values.append(np.asarray(value, float))
    return values if all(np.isfinite(v).all() for v in values) else None


def is_zeros_or_ones(values: Sequence[Array]) -> bool:
    """Whether all numbers are zeros, or all ones: a buffer that is not filled yet, or something made of it."""
    return any(all(bool((v == number).all()) for v in values) for number in (0, 1))


@cache
def compile_expression(text: str) -> CodeType:
    return compile(text, "<material>", "eval")


@cache
def measure_cost(text: str) -> int:
    """Count the names, numbers and operations of an expression."""
    kinds = ast.Name | ast.Constant | ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Subscript | ast.Call
    return sum(isinstance(node, kinds) for node in ast.walk(ast.parse(text, mode="eval")))


def list_existing_expressions(regions: Sequence[Region]) -> list[str]:
    """List the expressions without a call in the files of some regions that could also be used elsewhere."""
    sources = {r.source.file: r.source for r in regions}.values()
    texts = dict.fromkeys(ast.unparse(n) for s in sources for n in ast.walk(s.tree) if is_simple_expression(n))
    return [text for text in texts if measure_cost(text) <= 9]


def is_simple_expression(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp | ast.Subscript | ast.Attribute | ast.UnaryOp):
        return False
    refused = ast.Call | ast.Lambda | ast.Slice | ast.Starred | ast.Await | ast.NamedExpr | ast.IfExp
    nodes = list(ast.walk(node))
    return any(isinstance(n, ast.Name) for n in nodes) and not any(isinstance(n, refused) for n in nodes)


def list_products(count: int, most: int) -> Array:
    """List every choice of up to three of `count` factors, as rows of indices; `count` stands for no factor."""
    ones = [(i, count, count) for i in range(count)]
    twos = [(i, j, count) for i, j in itertools.combinations_with_replacement(range(count), 2)]
    threes = itertools.combinations_with_replacement(range(min(count, most)), 3)
    return np.array([*ones, *twos, *threes], dtype=int)
