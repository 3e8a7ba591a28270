"""The vectors of a step that may be factors of a derivative, each with its formula."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...cases.arrays import Array
from ..evidence import Evidence
from .products import WeightedSum


@dataclass(frozen=True)
class Value:
    """A vector of a step, by its kind.

    input, output  one of this name
    sum            the pre-activation of a gate: all of its weighted sums
    part           one of these sums, by its weight, data and bias
    candidate      of a gate: tanh of one part, and of another that the gate `reset` multiplies
    distance       of a gate: an input or output minus the candidate
    difference     of two inputs: `name` minus `gate`
    """

    kind: Literal["input", "output", "sum", "part", "candidate", "distance", "difference"]
    name: str = ""
    gate: str = ""
    reset: str = ""
    part: WeightedSum | None = None

    def __str__(self) -> str:
        match self.kind:
            case "sum":
                return f"z_{self.gate}" if self.gate else "z"
            case "part" if self.part is not None:
                return f"({self.part.weight} {self.part.data} + {self.part.bias})_{self.gate}"
            case "candidate":
                return self.gate
            case "difference":
                return f"{self.name} - {self.gate}"
            case "distance":
                return f"({self.name} - {self.gate})"
        return self.name


def logistic(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


FormulaKind = Literal["itself", "1-v2", "v(1-v)", "tanh", "1-tanh2", "tanh(1-tanh)", "s", "1-s", "s(1-s)"]
FORMULAS: Mapping[FormulaKind, tuple[str, Callable[[Array], Array]]] = {
    "itself": ("{}", lambda v: v),
    "1-v2": ("(1 - {}^2)", lambda v: 1 - v * v),
    "v(1-v)": ("{0} (1 - {0})", lambda v: v * (1 - v)),
    "tanh": ("tanh {}", np.tanh),
    "1-tanh2": ("(1 - tanh^2 {})", lambda v: 1 - np.tanh(v) ** 2),
    "tanh(1-tanh)": ("tanh {0} (1 - tanh {0})", lambda v: np.tanh(v) * (1 - np.tanh(v))),
    "s": ("s({})", logistic),
    "1-s": ("(1 - s({}))", lambda v: 1 - logistic(v)),
    "s(1-s)": ("s'({})", lambda v: logistic(v) * (1 - logistic(v))),
}
OF_STATES: tuple[FormulaKind, ...] = ("itself", "1-v2", "v(1-v)", "tanh", "1-tanh2")
OF_SUMS: tuple[FormulaKind, ...] = ("itself", "s", "1-s", "s(1-s)", "tanh", "1-tanh2", "tanh(1-tanh)")


@dataclass(frozen=True)
class Factor:
    """A function of a value, such as 1 - tanh^2."""

    formula: FormulaKind
    value: Value

    def __str__(self) -> str:
        return FORMULAS[self.formula][0].format(self.value)


Factors = Mapping[Factor, Array]


def list_factors(e: Evidence, made: list[WeightedSum]) -> dict[Factor, Array]:
    """List the vectors of a step; equal vectors are listed once, by their first formula."""
    found = dict(list_formulas(e, made))
    seen: dict[str, Factor] = {}
    for factor, vector in found.items():
        seen.setdefault(" ".join(f"{x:.9e}" for x in vector), factor)
    return {factor: found[factor] for factor in seen.values()}


def list_formulas(e: Evidence, made: list[WeightedSum]) -> Iterator[tuple[Factor, Array]]:
    values = {Value("input", n): np.ravel(e.inputs[n]) for n in e.names if e.expected[n].shape[:1] == (1,)}
    values |= {Value("output", n): np.ravel(y) for n, y in e.run.outputs.items() if y.dtype.kind == "f"}
    yield from apply_formulas(values, OF_STATES)
    if not made:
        return
    gates = list(dict.fromkeys((b.label, b.start, b.stop) for b in e.columns if b.name in {p.bias for p in made}))
    parts = [p.evaluate(e) for p in made]
    total = np.sum(parts, axis=0)
    for label, start, stop in gates:
        yield from apply_formulas({Value("sum", gate=label): total[start:stop]}, OF_SUMS)
        own = {Value("part", gate=label, part=p): v[start:stop] for p, v in zip(made, parts, strict=True)}
        yield from apply_formulas(own, ("itself",))
    for label, start, stop in gates if len(parts) == 2 else ():
        for other, first, last in gates:
            if other != label:
                candidate = np.tanh(parts[0][start:stop] + logistic(total[first:last]) * parts[1][start:stop])
                yield from apply_formulas({Value("candidate", gate=label, reset=other): candidate}, ("itself", "1-v2"))
                yield from apply_formulas(list_distances(values, candidate, label, other), ("itself",))


def list_distances(values: Mapping[Value, Array], candidate: Array, label: str, reset: str) -> dict[Value, Array]:
    same = {value: v for value, v in values.items() if v.shape == candidate.shape}
    return {Value("distance", value.name, label, reset): v - candidate for value, v in same.items()}


def apply_formulas(values: Mapping[Value, Array], kinds: tuple[FormulaKind, ...]) -> Iterator[tuple[Factor, Array]]:
    for value, vector in values.items():
        for kind in kinds:
            yield Factor(kind, value), FORMULAS[kind][1](vector)
