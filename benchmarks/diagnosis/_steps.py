"""Faults inside a step, recomputed from the formulas of the gates."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from _fresh import Arrays, Fresh, same

from gradcheck import Case, Subject


def composed(subject: Subject, case: Case, seed: int) -> bool:
    """Whether a batch of sequences is what its rows and steps give one at a time."""
    f = Fresh(subject, replace(case, seed=seed))
    if "T" not in f.sizes and "B" not in f.sizes:
        return True
    specs, outputs = f.declaration.inputs, f.declaration.outputs
    starts = {f"{n[:-2]}_0": n for n in outputs if n.endswith("_T")}
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
        self.pairs = list(self.products())

    def products(self) -> Iterator[tuple[str, str, str]]:
        for weight, data in (("weight_ih", "x"), ("weight_hh", "h_0")):
            bias = next((n for n in (weight.replace("weight", "bias"), "bias") if n in self.f.names), "")
            if {weight, data, bias} <= {*self.f.names}:
                yield weight, data, bias

    def part(self, weight: str, data: str, bias: str, label: str) -> Any:
        values = self.f.inputs[weight] @ np.ravel(self.f.inputs[data]) + self.f.inputs[bias]
        return values[self.index(bias, label)]

    def index(self, bias: str, label: str) -> Any:
        return dict(self.f.blocks(bias))[label.replace("of", " of ")]

    def names(self, other: str | None) -> Arrays:
        """What the words of a formula stand for; a candidate's own letter needs the gate that resets, `other`."""
        f = self.f
        names = {n: np.ravel(a) for n, a in f.inputs.items() if np.shape(a)[:1] == (1,)}
        names |= {n: np.ravel(getattr(f.outputs, n)) for n in f.declaration.outputs}
        if not self.pairs:
            return names
        bias = self.pairs[0][2]
        shared = len({p[2] for p in self.pairs}) < len(self.pairs)
        for label, index in f.blocks(bias):
            short = label.replace(" ", "")
            parts = [self.part(*p, short) for p in self.pairs]
            names[f"z_{short}" if label else "z"] = np.sum(parts, axis=0) - (f.inputs[bias][index] if shared else 0)
            if other is not None and label and len(parts) == 2:
                reset = 1 / (1 + np.exp(-np.sum([self.part(*p, other) for p in self.pairs], axis=0)))
                names[f"gate_{short}"] = np.tanh(parts[0] + reset * parts[1])
        return names

    def value(self, text: str, other: str | None) -> Any:
        """A formula's value."""
        gates = {label.replace(" ", "") for n in self.f.names for label, _ in self.f.blocks(n) if label}
        text = re.sub(r"(\d+) of (\d+)", r"\1of\2", text.strip())
        text = re.sub(r"\((\w+) (\w+) \+ (\w+)\)_(\w+)", r"part('\1','\2','\3','\4')", text)
        for gate in gates:
            text = re.sub(rf"(?<![\w']){re.escape(gate)}(?![\w'(])", f"gate_{gate}", text)
        text = re.sub(r"tanh\^2 (\w+)", r"tanh(\1)**2", text)
        text = re.sub(r"tanh (\w+)", r"tanh(\1)", text)
        text = text.replace("s'(", "ds(").replace("^2", "**2")
        text = re.sub(r"(?<=[\w)]) (?=[\w(])", "*", text)
        logistic = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
        known = {"s": logistic, "ds": lambda z: logistic(z) * (1 - logistic(z)), "tanh": np.tanh, "part": self.part}
        return eval(text or "1", {"__builtins__": {}}, known | self.names(other))

    def holds(self, parts: list[tuple[str, str]]) -> bool | None:
        """Whether each output's wrong blocks are as one of the parts says, or follow from those of the biases."""
        f = self.f
        for output, u in f.upstream.items():
            found, due = f.manual({output: u}), f.autograd({output: u})
            texts = [(text, places) for text, where in parts if (places := placed(where, output)) is not None]
            for name, label, index in f.wrong(found, due):
                if self.follows(name, index, found, due):
                    continue
                own = [t for t, places in texts if (label or f"d{name}") in places]
                answers = [self.is_so(t, found[name][index], due, name, index, u) for t in own]
                if True not in answers:
                    return None if None in answers else False
        return True

    def follows(self, name: str, index: Any, found: Arrays, due: Arrays) -> bool:
        for weight, data, bias in self.pairs:
            if weight == name and same(found[name][index], np.outer(found[bias], self.f.inputs[data])[index]):
                return True
        into = [(w, b) for w, d, b in self.pairs if d == name]
        if not into:
            return False
        change = sum((found[b] - due[b]) @ self.f.inputs[w] for w, b in into)
        return same(np.ravel(found[name]), np.ravel(due[name]) + change)

    def is_so(self, text: str, found: Any, due: Arrays, name: str, index: Any, u: Any) -> bool | None:
        right = np.ravel(due[name][index])
        found = np.ravel(found)
        if m := re.fullmatch(r"what is due to (.+)", text):
            return same(found, np.ravel(due[name][dict(self.f.blocks(name))[m[1]]]))
        if plain := next((v for v in PLAIN if re.fullmatch(v[0], text)), None):
            return same(found, plain[1](re.fullmatch(plain[0], text)) * right)
        others = [label.replace(" ", "") for label, _ in self.f.blocks(self.pairs[0][2])] if self.pairs else []
        for other in [None, *others]:
            try:
                if self.formula(text, found, right, np.ravel(u), other):
                    return True
            except NameError:
                continue
            except SyntaxError:
                return None
        return False

    def formula(self, text: str, found: Any, right: Any, u: Any, other: str | None) -> bool | None:
        def value(t: str) -> Any:
            return self.value(t, other)

        if m := re.fullmatch(r"the factor (.+) once too often", text):
            return same(found, right * value(m[1]))
        if m := re.fullmatch(r"the factor (.+) is missing", text):
            return same(found * value(m[1]), right)
        if m := re.fullmatch(r"(.+) where (.+) is due", text):
            return same(found * value(m[2]), right * value(m[1]))
        if m := re.fullmatch(r"the term d(\w+)(.*) is (missing|added)", text):
            return same(found, right + (1 if m[3] == "added" else -1) * u * value(m[2]))
        if m := re.fullmatch(r"the term (.+), whatever the upstream gradient, is (missing|added)", text):
            return same(found, right + (1 if m[2] == "added" else -1) * value(m[1]))
        if m := re.fullmatch(r"it is d(\w+?_T|ys|\w+?)((?: .*)?)", text):
            return same(found, u * value(m[2]))
        raise SyntaxError(text)


PLAIN: list[tuple[str, Any]] = [
    ("it is zero", lambda m: 0),
    ("the sign is wrong", lambda m: -1),
    ("twice what is due", lambda m: 2),
    ("half of what is due", lambda m: 0.5),
    (r"(-?[\d.e+-]+) times what is due", lambda m: float(m[1])),
]


def placed(where: str, output: str) -> set[str] | None:
    """The labels and inputs that a part speaks of through this output, None if it does not."""
    found: set[str] = set()
    for piece in re.split(r" and (?=row block|d\w+(?:,|$| and))", where):
        blocks, _, through = piece.partition(", through ")
        if not through or output in through.split(", "):
            found |= {*re.sub(r"^row blocks? ", "", blocks).split(", ")}
    return found or None
