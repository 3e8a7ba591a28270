"""Evaluates the equations of a header for one row of a batch: every name at every step, by what it is equal to."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from manual.layers.activation import DERIVATIVE, FUNCTION
from tests.headers.equations import Header
from tests.headers.expressions import Tree, UnreadableError
from tests.headers.values import COMBINE, NOTHING, add

TIME = re.compile(r"t|T|t[+-]\d+|\d+")
POSITION = re.compile(r"(\w+)_(t?)([ij])")


class At(NamedTuple):
    """Where an expression is evaluated: the step t, and the positions i and j of a source, each counted from 1."""

    t: int = 1
    i: int = 0
    j: int = 0


START = At()
OF_WHAT_IS_THERE = ("diag", "onehot", "softmax", "rowsum")


class Given(NamedTuple):
    """What is known of a row, each by its symbol: constants, arrays by step, and `h_i` or `p_ti` by position."""

    steps: int
    positions: int
    classes: int
    constants: Mapping[str, Any]
    sequences: Mapping[str, Any]


class Evaluation:
    def __init__(self, header: Header, given: Given, activation: str = "tanh") -> None:
        self.header, self.given = header, given
        self.known: dict[tuple[str, At], Any] = {}
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

    def find(self, name: str, at: At = START) -> Any:
        """The value of a name as it is written in an equation of step and positions `at`."""
        if (name, at) not in self.known:
            found = POSITION.fullmatch(name) if self.given.positions else None
            self.known[name, at] = self.find_position(*found.groups(), at) if found else self.look_up(name, at.t)
        return self.known[name, at]

    def find_position(self, base: str, t: str, letter: str, at: At) -> Any:
        """The value of a name with a position: of `k_j` that of `k_i` at j, of `e_tj` that of `e_ti` at t and j."""
        name, place = f"{base}_{t}i", At(at.t if t else 0, getattr(at, letter))
        if name in self.given.sequences:
            sequence = self.given.sequences[name]
            return (sequence[place.t - 1] if t else sequence)[place.i - 1]
        if name not in self.header.equations:
            raise UnreadableError(f"{base}_{t}{letter} is equal to nothing")
        return self.compute(self.header.equations[name].value, place)

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
            return np.concatenate([self.find(f"{base}_{{{b},{step}}}", At(t)) for b in self.header.blocks])
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
        value = self.compute(equation.value, At(step))
        if equation.at_the_end and step == self.given.steps:
            value = add(value, self.given.constants.get(equation.at_the_end))
        return value

    def find_block(self, base: str, block: str, step: int) -> Any:
        if block not in self.header.blocks:
            raise UnreadableError(f"{base}_{block} is equal to nothing")
        whole = self.find(f"{base}_t", At(step))
        count = len(self.header.blocks)
        return NOTHING if whole is NOTHING else np.split(whole, count)[self.header.blocks.index(block)]

    def compute(self, tree: Tree, at: At) -> Any:
        parts = tree.parts
        match tree.kind:
            case "number":
                return np.float64(parts[0])
            case "name":
                return self.find(parts[0], at)
            case "over":
                return self.add_up(*parts, at)
            case "call":
                return self.call(parts[0], [self.compute(parts[1], at)])
            case "pull back":
                return self.call(parts[0], [self.compute(part, at) for part in parts[1:]])
        values = [self.compute(part, at) if isinstance(part, Tree) else part for part in parts]
        return COMBINE[tree.kind](*values)

    def add_up(self, letters: str, term: Tree, at: At) -> Any:
        """The sum of a term over the steps, the positions, or both: `letters` are those of `sum_ti`."""
        if not letters:
            return self.compute(term, at)
        count = self.given.steps if letters[0] == "t" else self.given.positions
        places = [at._replace(**{letters[0]: k}) for k in range(1, count + 1)]
        return add(*(self.add_up(letters[1:], term, place) for place in places))

    def call(self, function: str, arguments: list[Any]) -> Any:
        defined = self.header.functions.get(function)
        if defined is None:
            return self.apply(function, arguments[0])
        if arguments[-1] is NOTHING:
            return NOTHING
        local = {**self.given.constants, **dict(zip(defined.arguments, arguments, strict=True))}
        inner = Evaluation(self.header, self.given._replace(constants=local))
        return inner.compute(defined.value, At())

    def apply(self, function: str, argument: Any) -> Any:
        """The value of a function; of what is not there that of 0, or nothing where it takes a vector or a label."""
        if argument is NOTHING and function in OF_WHAT_IS_THERE:
            return NOTHING
        return self.functions[function](np.asarray(0.0 if argument is NOTHING else argument))


def split_name(name: str) -> tuple[str, str, str]:
    """The base, the block and the time of a name: `dz_{i,t+1}` is (dz, i, t+1), `h_t` is (h, , t), `dz_i` (dz, i, )."""
    base, _, subscript = name.rpartition("_{") if name.endswith("}") else name.rpartition("_")
    parts = subscript.rstrip("}").split(",")
    if not base:
        return name, "", ""
    if TIME.fullmatch(parts[-1]):
        return base, parts[0] if len(parts) > 1 else "", parts[-1]
    return base, parts[0], ""
