"""Compares what a header gives with what its unit computes: every output and every gradient."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from gradcheck import Case, CaseArrays, Subject, draw_arrays
from tests.headers.equations import Header, read_header
from tests.headers.evaluation import At, Evaluation, Given
from tests.headers.values import NOTHING, add

SIZES = {"T": 4, "B": 2, "I": 3, "H": 2, "V": 5, "K": 3, "P": 4, "S": 3}
CONDITIONS = {
    "reset after": ("reset", "after"),
    "reset before": ("reset", "before"),
    "z weighs the state": ("z_weighs", "state"),
    "z weighs the candidate": ("z_weighs", "candidate"),
    "carried raw": ("carried", "raw"),
    "carried normalized": ("carried", "normalized"),
    "candidate identity": ("candidate", "identity"),
    "candidate positive": ("candidate", "positive"),
    "squared_error": ("loss", "squared_error"),
    "logistic_cross_entropy": ("loss", "logistic_cross_entropy"),
    "dot": ("form", "dot"),
    "scaled_dot": ("form", "scaled_dot"),
    **{kind: ("kind", kind) for kind in ("tanh", "logistic", "relu", "leaky_relu", "identity")},
}
"""For each condition of a header the option of the unit, and its value, that makes it hold."""
FIRST = dict(reversed(CONDITIONS.values()))
"""The value of an option that a unit does not have, where its header refers to a unit that has it."""


class Difference(NamedTuple):
    """The largest difference of one output or gradient, in units of the largest number in it."""

    name: str
    size: float


class Judged(NamedTuple):
    """A unit at one case: its arrays, and what its header gives under the options of the case."""

    subject: Subject
    arrays: CaseArrays
    header: Header


def judge_header(subject: Subject, docstring: str, options: Mapping[str, Any], docstrings: Mapping[str, str]) -> Judged:
    declaration = subject.declaration
    case = Case({letter: SIZES[letter] for letter in declaration.letters}, seed=1, options=dict(options))
    arrays = draw_arrays(declaration, case)
    conditions = {words: arrays.options.get(name, FIRST[name]) == value for words, (name, value) in CONDITIONS.items()}
    return Judged(subject, arrays, read_header(docstring, conditions, docstrings))


def compare(judged: Judged) -> list[Difference]:
    """What the header gives beside what the unit computes, for every output and every gradient."""
    subject, arrays, _ = judged
    outputs, backward = subject.unit(**arrays.inputs, **arrays.options)
    gradients = backward(outputs._replace(**arrays.upstream))
    found = {**outputs._asdict(), **{f"d{name}": gradients[name] for name in gradients}}
    expected = Rows(judged).compute()
    assert expected.keys() == found.keys()
    return [measure(name, found[name], value) for name, value in expected.items()]


def measure(name: str, found: Any, expected: Any) -> Difference:
    if found.shape != np.shape(expected):
        return Difference(name, np.inf)
    scale = max(np.abs(found).max(), np.finfo(float).tiny)
    return Difference(name, float(np.abs(found - expected).max() / scale))


class Rows:
    """A header evaluated for every row of the batch: states are put side by side, gradients of parameters added up."""

    def __init__(self, judged: Judged) -> None:
        self.declaration, self.arrays, self.header = judged.subject.declaration, judged.arrays, judged.header
        written = {argument: symbol for symbol, argument in self.header.symbols.items()}
        given, made = self.declaration.inputs, self.declaration.outputs
        self.symbols = {n: strip_subscript(written.get(n) or guess_symbol(n, s), s) for n, s in given.items()}
        self.output_symbols = {n: strip_subscript(written.get(n, n), s) for n, s in made.items()}

    def compute(self) -> dict[str, Any]:
        rows = [self.evaluate_row(b) for b in range(SIZES["B"])]
        result = {}
        for name, spec in self.declaration.outputs.items():
            result[name] = self.join(spec, [self.read_output(row, name, spec) for row in rows])
        for name, spec in self.declaration.inputs.items():
            if spec.differentiable:
                result[f"d{name}"] = self.join(spec, [self.read_gradient(row, name, spec) for row in rows])
        return result

    def evaluate_row(self, b: int) -> Evaluation:
        constants: dict[str, Any] = {letter: np.float64(SIZES[letter]) for letter in "TBP"} | {"i": 1j}
        sequences: dict[str, Any] = {}
        for name, spec in self.declaration.inputs.items():
            self.place(constants, sequences, self.symbols[name], spec, take_row(self.arrays.inputs[name], spec, b))
        for name, spec in self.declaration.outputs.items():
            symbol = "dL" if name == "loss" else f"d{name}"
            self.place(constants, sequences, symbol, spec, take_row(self.arrays.upstream[name], spec, b))
        self.add_weights_of_positions(constants, sequences, b)
        count = len(self.header.blocks)
        for whole in {"W_hh", "b_hh"} & constants.keys() if count else ():
            for block, part in zip(self.header.blocks, np.split(constants[whole], count), strict=True):
                constants.setdefault(f"{whole[:-1]}{block}", part)
        positions = SIZES["S"] if "S" in self.declaration.letters else 0
        given = Given(SIZES["T"], positions, SIZES["V"], constants, sequences)
        return Evaluation(self.header, given, self.arrays.options.get("activation", "tanh"))

    def place(self, constants: dict[str, Any], sequences: dict[str, Any], symbol: str, spec: Any, value: Any) -> None:
        """An array by step is found as `x`, one by position as `h_i`, one by both as `p_ti`, all others as they are."""
        by_step, by_position = (spec.axis(letter) is not None for letter in "TS")
        subscript = ("_ti" if by_step else "_i") if by_position else ""
        (sequences if by_step or by_position else constants)[symbol + subscript] = value

    def add_weights_of_positions(self, constants: dict[str, Any], sequences: dict[str, Any], b: int) -> None:
        """w_t and N of a loss: 1 where the mask is set, and the number of such positions, or 1; m_i of a source."""
        if "reduction" in self.arrays.options:
            mask = self.arrays.inputs["mask"]
            sequences["w"] = mask[:, b].astype(float)
            constants["N"] = np.float64(mask.sum() if self.arrays.options["reduction"] == "mean" else 1)
        elif "mask_i" in sequences:
            sequences["m_i"] = sequences["mask_i"].astype(float)

    def join(self, spec: Any, values: list[Any]) -> Any:
        axis = spec.axis("B")
        return add(*values) if axis is None else np.stack(values, axis)

    def read_output(self, row: Evaluation, name: str, spec: Any) -> Any:
        symbol = "L" if name == "loss" else self.output_symbols[name]
        if spec.axis("S") is not None:
            return read_positions(row, symbol, spec)
        if spec.axis("T") is None:
            return row.find(symbol, At(SIZES["T"]))
        known = (f"{symbol}_t", symbol, "y_t", "h_t") if name != "ys" else ("y_t", "h_t")
        found = next(n for n in known if n in self.header.equations)
        return np.stack([row.find(found, At(t)) for t in range(1, SIZES["T"] + 1)])

    def read_gradient(self, row: Evaluation, name: str, spec: Any) -> Any:
        symbol, steps = f"d{self.symbols[name]}", range(1, SIZES["T"] + 1)
        if spec.axis("S") is not None:
            return read_positions(row, symbol, spec)
        if spec.axis("T") is not None and symbol in self.header.equations:
            return np.stack([row.find(symbol, At(t)) for t in steps])
        if spec.axis("T") is not None:
            subscript = "[{}]" if f"{symbol}[t]" in self.header.equations else "_{}"
            return np.stack([row.find(symbol + subscript.format(t), At(t)) for t in steps])
        blocks = [f"{symbol[:-1]}{block}" for block in self.header.blocks]
        if symbol not in self.header.equations and blocks and blocks[0] in self.header.equations:
            return np.concatenate([row.find(block) for block in blocks])
        return row.find(symbol)


def read_positions(row: Evaluation, symbol: str, spec: Any) -> Any:
    """The values of `symbol_i` by position, or of `symbol_ti` by step and position."""
    places = range(1, SIZES["S"] + 1)
    if spec.axis("T") is None:
        return np.stack([row.find(f"{symbol}_i", At(i=i)) for i in places])
    return np.array([[row.find(f"{symbol}_ti", At(t, i)) for i in places] for t in range(1, SIZES["T"] + 1)])


def take_row(array: Any, spec: Any, b: int) -> Any:
    axis = spec.axis("B")
    if array is None:
        return NOTHING
    return array if axis is None else np.take(array, b, axis)


def strip_subscript(symbol: str, spec: Any) -> str:
    """The letter of a symbol that the header writes with its step or position, such as s of `s_t`."""
    letters = "".join(small for axis, small in (("T", "t"), ("S", "i")) if spec.axis(axis) is not None)
    return symbol.removesuffix(f"_{letters}") if letters else symbol


def guess_symbol(name: str, spec: Any) -> str:
    """`weight_hh` is W_hh, or w_hh if it has one axis; `bias_ih` is b_ih; others are what they are."""
    kind, _, rest = name.partition("_")
    letter = {"bias": "b", "weight": "W" if len(spec.dimensions) > 1 else "w"}.get(kind)
    return f"{letter}_{rest}" if letter else name
