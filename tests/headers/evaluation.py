"""Evaluates the equations of a header for one row of a batch: every name at every step, by what it is equal to."""

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from manual.layers.activation import DERIVATIVE, FUNCTION
from tests.headers.equations import Header
from tests.headers.expressions import Tree, UnreadableError

NOTHING = None
"""The value of what is not there, such as a gradient after the last step: zero, of any shape."""
TIME = re.compile(r"t|T|t[+-]\d+|\d+")


class Row(NamedTuple):
    """A vector written as a row, as x_t^T is."""

    vector: Any


class Given(NamedTuple):
    """What is known of a row: constants, arrays by step (counted from 1), and single ones, each by its symbol."""

    steps: int
    classes: int
    constants: Mapping[str, Any]
    sequences: Mapping[str, Any]


class Evaluation:
    def __init__(self, header: Header, given: Given, activation: str = "tanh") -> None:
        self.header, self.given = header, given
        self.known: dict[tuple[str, int], Any] = {}
        self.functions: dict[str, Callable[[Any], Any]] = {
            "s": FUNCTION["logistic"],
            "tanh": FUNCTION["tanh"],
            "phi": FUNCTION[activation],
            "phi'": lambda z: DERIVATIVE[activation](z, FUNCTION[activation](z)),
            "exp": np.exp,
            "log": np.log,
            "softmax": lambda o: np.exp(o) / np.exp(o).sum(),
            "onehot": lambda label: np.eye(given.classes)[label],
            "sqrt": np.sqrt,
            "Re": np.real,
            "Im": np.imag,
            "conj": np.conj,
            "diag": np.diag,
            "mean": np.mean,
            "rowsum": lambda matrix: matrix.sum(axis=1),
        }

    def find(self, name: str, t: int = 0) -> Any:
        """The value of a name as it is written in an equation of step t."""
        if (name, t) not in self.known:
            self.known[name, t] = self.look_up(name, t)
        return self.known[name, t]

    def look_up(self, name: str, t: int) -> Any:
        bare, _, bracket = name.rstrip("]").partition("[")
        if bare in self.given.constants:
            return self.given.constants[bare]
        if bare in self.given.sequences:
            return self.at_step(self.given.sequences[bare], self.step_of(bracket, t))
        base, block, time = split_name(bare)
        if bare in self.header.equations and not bare.endswith("_t"):
            return self.solve(bare, t)
        step = self.step_of(bracket or time or "t", t)
        if step == 0 and f"{base}_0" in self.given.constants:
            return self.given.constants[f"{base}_0"]
        if not block and base in self.given.sequences:
            return self.at_step(self.given.sequences[base], step)
        if not 0 <= step <= self.given.steps:
            return NOTHING
        equation = self.find_equation(base, block, step, bracket)
        if equation:
            return self.solve(equation, step)
        if block:
            return self.find_block(base, block, step)
        parts = [self.find_equation(base, b, step, bracket) for b in self.header.blocks]
        if any(parts):
            return np.concatenate([self.find(f"{base}_{{{b},{step}}}", t) for b in self.header.blocks])
        raise UnreadableError(f"{name} is equal to nothing at t = {t}")

    def step_of(self, text: str, t: int) -> int:
        if text == "T":
            return self.given.steps
        return int(text) if text.isdigit() else t + int(text[1:] or 0)

    def at_step(self, sequence: Any, step: int) -> Any:
        return sequence[step - 1] if 1 <= step <= self.given.steps else NOTHING

    def find_equation(self, base: str, block: str, step: int, bracket: str = "") -> str:
        """The name on the left of the equation that gives `base` at that step, or nothing."""
        if block:
            names = [f"{base}_{block}[t]"] if bracket else [f"{base}_{block}"]
        elif step == 0:
            names = [f"{base}_0", f"{base}_t"]
        else:
            names = [f"{base}_t", base, f"{base}[t]"] if not bracket else [f"{base}[t]"]
        return next((n for n in names if n in self.header.equations), "")

    def solve(self, name: str, step: int) -> Any:
        equation = self.header.equations[name]
        value = self.compute(equation.value, step)
        if equation.at_the_end and step == self.given.steps:
            value = add(value, self.given.constants[equation.at_the_end])
        return value

    def find_block(self, base: str, block: str, step: int) -> Any:
        if block not in self.header.blocks:
            raise UnreadableError(f"{base}_{block} is equal to nothing")
        whole = self.find(f"{base}_t", step)
        count = len(self.header.blocks)
        return NOTHING if whole is NOTHING else np.split(whole, count)[self.header.blocks.index(block)]

    def compute(self, tree: Tree, t: int) -> Any:
        parts = tree.parts
        match tree.kind:
            case "number":
                return np.float64(parts[0])
            case "name":
                return self.find(parts[0], t)
            case "over time":
                return reduce(add, (self.compute(parts[0], step) for step in range(1, self.given.steps + 1)), NOTHING)
            case "call":
                return self.call(parts[0], [self.compute(parts[1], t)])
            case "pull back":
                return self.call(parts[0], [self.compute(part, t) for part in parts[1:]])
        values = [self.compute(part, t) if isinstance(part, Tree) else part for part in parts]
        return COMBINE[tree.kind](*values)

    def call(self, function: str, arguments: list[Any]) -> Any:
        defined = self.header.functions.get(function)
        if defined is None:
            return apply(self.functions[function], arguments[0])
        if arguments[-1] is NOTHING:
            return NOTHING
        local = {**self.given.constants, **dict(zip(defined.arguments, arguments, strict=True))}
        inner = Evaluation(self.header, self.given._replace(constants=local))
        return inner.compute(defined.value, 1)


def apply(function: Callable[[Any], Any], argument: Any) -> Any:
    """The value of a function; of what is not there that of 0, or nothing where it takes a matrix or a vector."""
    if argument is not NOTHING:
        return function(np.asarray(argument))
    return NOTHING if function is np.diag else function(np.asarray(0.0))


def split_name(name: str) -> tuple[str, str, str]:
    """The base, the block and the time of a name: `dz_{i,t+1}` is (dz, i, t+1), `h_t` is (h, , t), `dz_i` (dz, i, )."""
    base, _, subscript = name.rpartition("_{") if name.endswith("}") else name.rpartition("_")
    parts = subscript.rstrip("}").split(",")
    if not base:
        return name, "", ""
    if TIME.fullmatch(parts[-1]):
        return base, parts[0] if len(parts) > 1 else "", parts[-1]
    return base, parts[0], ""


def add(*terms: Any) -> Any:
    present = [term for term in terms if term is not NOTHING]
    return sum(present[1:], present[0]) if present else NOTHING


def multiply_elementwise(*factors: Any) -> Any:
    return NOTHING if any(f is NOTHING for f in factors) else reduce(np.multiply, factors)


def multiply(*factors: Any) -> Any:
    """What stands side by side, from the right: matrix times vector, column times row, row times column, numbers."""
    *rest, result = factors
    for left in reversed(rest):
        result = multiply_pair(left, result)
    return result


def multiply_pair(left: Any, right: Any) -> Any:
    if left is NOTHING or right is NOTHING:
        return NOTHING
    if isinstance(right, Row):
        return np.outer(left, right.vector) if np.ndim(left) else Row(left * right.vector)
    if isinstance(left, Row):
        return left.vector @ right
    return left @ right if np.ndim(left) == 2 and np.ndim(right) else np.multiply(left, right)


def transpose(value: Any, change: Callable[[Any], Any] = np.asarray) -> Any:
    if value is NOTHING:
        return NOTHING
    return change(value).T if np.ndim(value) == 2 else Row(change(value))


COMBINE: dict[str, Callable[..., Any]] = {
    "sum": add,
    "minus": lambda value: NOTHING if value is NOTHING else -value,
    "elementwise": multiply_elementwise,
    "product": multiply,
    "quotient": lambda above, below: NOTHING if above is NOTHING else above / below,
    "power": lambda value, exponent: NOTHING if value is NOTHING else value**exponent,
    "T": transpose,
    "H": lambda value: transpose(value, np.conj),
    "norm": lambda value: value @ value,
    "part": lambda value, number, count: np.split(value, count)[number],
    "stack": lambda *values: np.concatenate(values),
    ">": lambda left, right, yes, no: np.where(left > right, yes, no),
    ">=": lambda left, right, yes, no: np.where(left >= right, yes, no),
}
