"""Faults inside a step, recomputed from the formulas of the gates."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from _fresh import Arrays, Fresh, same

from gradcheck import Case, Subject
from gradcheck.diagnosis.patterns.explanation import Explanation
from gradcheck.diagnosis.patterns.factors import (
    FactorReplaced,
    FactorsChanged,
    GateCopied,
    ProductReturned,
    TermChanged,
)
from gradcheck.diagnosis.patterns.formulas import Factor, Value
from gradcheck.diagnosis.patterns.pattern import Pattern
from gradcheck.diagnosis.patterns.scaling import Scaled


def composed(subject: Subject, case: Case, seed: int) -> bool:
    """Whether a batch of sequences is what its rows and steps give one at a time."""
    f = Fresh(subject, replace(case, seed=seed))
    if "T" not in f.sizes and "B" not in f.sizes:
        return True
    specs, outputs = f.declaration.inputs, f.declaration.outputs
    starts = f.declaration.states
    total = {n: np.zeros_like(g) for n, g in f.due.items()}
    T = f.sizes.get("T", 1)
    for b in range(f.sizes.get("B", 1)):
        row = {n: a if specs[n].axis("B") is None else np.take(a, [b], specs[n].axis("B")) for n, a in f.inputs.items()}
        up = {
            n: np.take(u, [b], outputs[n].axis("B")) for n, u in f.upstream.items() if outputs[n].axis("B") is not None
        }
        state, steps = {n: row[n] for n in starts}, []
        for t in range(T):
            x = {
                n: np.take(a, [t], specs[n].axis("T")) if specs[n].axis("T") is not None else a for n, a in row.items()
            }
            out, backward = subject.unit(**(x | state), **f.options)
            steps.append(backward)
            state = {n: getattr(out, end) for n, end in starts.items()}
        carry = {end: up.get(end) for end in starts.values()}
        for t in reversed(range(T)):
            own = {n: np.take(u, [t], outputs[n].axis("T")) for n, u in up.items() if outputs[n].axis("T") is not None}
            given = {n: own.get(n, carry.get(n)) for n in outputs}
            got = steps[t](f.declaration.output_type(**given))
            for n in f.names:
                place: list[Any] = [slice(None)] * total[n].ndim
                for letter, k in (("B", b), ("T", t)):
                    if specs[n].axis(letter) is not None:
                        place[specs[n].axis(letter)] = slice(k, k + 1)
                if n not in starts or t == 0:
                    total[n][tuple(place)] += got[n]
            carry = {end: np.array(got[n]) for n, end in starts.items()}
    return all(same(total[n], f.found[n]) for n in f.names)


class Step:
    """A single step and batch row, recomputed from the formulas of the gates."""

    def __init__(self, fresh: Fresh) -> None:
        self.f = fresh
        self.products = list(self.find_products())

    def find_products(self) -> Iterator[tuple[str, str, str]]:
        for weight, data in (("weight_ih", "x"), ("weight_hh", "h_0")):
            bias = next((n for n in (weight.replace("weight", "bias"), "bias") if n in self.f.names), "")
            if {weight, data, bias} <= {*self.f.names}:
                yield weight, data, bias

    def part(self, weight: str, data: str, bias: str, label: str) -> Any:
        values = self.f.inputs[weight] @ np.ravel(self.f.inputs[data]) + self.f.inputs[bias]
        return values[dict(self.f.blocks(bias))[label]]

    def total(self, label: str) -> Any:
        """All weighted sums of a gate, and a bias that they share once."""
        f, bias = self.f, self.products[0][2]
        shared = len({p[2] for p in self.products}) < len(self.products)
        index = dict(f.blocks(bias))[label]
        return np.sum([self.part(*p, label) for p in self.products], axis=0) - (f.inputs[bias][index] if shared else 0)

    def value(self, value: Value) -> Any:
        match value.kind:
            case "input":
                return np.ravel(self.f.inputs[value.name])
            case "output":
                return np.ravel(getattr(self.f.outputs, value.name))
            case "sum":
                return self.total(value.gate)
            case "part" if value.part is not None:
                return self.part(value.part.weight, value.part.data, value.part.bias, value.gate)
        reset = sigmoid(np.sum([self.part(*p, value.reset) for p in self.products], axis=0))
        parts = [self.part(*p, value.gate) for p in self.products]
        candidate = np.tanh(parts[0] + reset * parts[1])
        if value.kind == "candidate":
            return candidate
        whole = {**self.f.inputs, **self.f.outputs._asdict()}
        return np.ravel(whole[value.name]) - candidate

    def product(self, factors: tuple[Factor, ...]) -> Any:
        result: Any = 1.0
        for factor in factors:
            result = result * FORMULAS[factor.formula](self.value(factor.value))
        return result

    def holds(self, claim: Explanation) -> bool | None:
        """Whether each output's wrong blocks are as a pattern has them, or follow from those of the biases."""
        f = self.f
        for output, u in f.upstream.items():
            found, due = f.manual({output: u}), f.autograd({output: u})
            told = [(m.pattern, p) for m in claim.matches for p in m.places if p.output == output]
            for name, label, index in f.wrong(found, due):
                if self.follows(name, index, found, due):
                    continue
                own = [pattern for pattern, p in told if p.block == label and (label or p.tensor == name)]
                answers = [self.is_so(pattern, found[name][index], due, name, index, u) for pattern in own]
                if True not in answers:
                    return None if None in answers else False
        return True

    def follows(self, name: str, index: Any, found: Arrays, due: Arrays) -> bool:
        for weight, data, bias in self.products:
            if weight == name and same(found[name][index], np.outer(found[bias], self.f.inputs[data])[index]):
                return True
        into = [(w, b) for w, d, b in self.products if d == name]
        if not into:
            return False
        change = sum((found[b] - due[b]) @ self.f.inputs[w] for w, b in into)
        return same(np.ravel(found[name]), np.ravel(due[name]) + change)

    def is_so(self, pattern: Pattern, found: Any, due: Arrays, name: str, index: Any, u: Any) -> bool | None:
        right, found, u = np.ravel(due[name][index]), np.ravel(found), np.ravel(u)
        match pattern:
            case Scaled(factor):
                return same(found, factor * right)
            case GateCopied(source):
                return same(found, np.ravel(due[name][dict(self.f.blocks(name))[source]]))
            case FactorsChanged(factors, missing):
                a, b = (found, right) if missing else (right, found)
                return same(a * self.product(factors), b)
            case FactorReplaced(used, instead):
                return same(found * self.product((instead,)), right * self.product((used,)))
            case ProductReturned(_, factors):
                return same(found, u * self.product(factors))
            case TermChanged(output, factors, added):
                return same(found, right + (1 if added else -1) * (u if output else 1) * self.product(factors))
        return None


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


FORMULAS: dict[str, Any] = {
    "itself": lambda v: v,
    "1-v2": lambda v: (1 - v) * (1 + v),
    "v(1-v)": lambda v: v - v**2,
    "tanh": np.tanh,
    "1-tanh2": lambda v: 1 / np.cosh(v) ** 2,
    "tanh(1-tanh)": lambda v: np.tanh(v) - np.tanh(v) ** 2,
    "s": sigmoid,
    "1-s": lambda v: sigmoid(-v),
    "s(1-s)": lambda v: sigmoid(v) * sigmoid(-v),
}
