"""Whether what is said of a fault ("looks like") is true, found by a route that shares no code with gradcheck/blame.

The words are read, the fault they state is put into gradients of PyTorch at fresh cases of other sizes, and what comes
out is compared with the wrong backward in every wrong block.  Faults between the steps are put into one graph of all
steps, by hooks and detached states; those inside a step are recomputed from the formulas of the gates.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from gradcheck import Case, Subject
from gradcheck.arrays import draw

Arrays = dict[str, Any]
TOLERANCE = 1e-8


def verify(subject: Subject, case: Case, claim: str) -> str:
    """The answer: true, false, or unchecked where nothing here can tell, or no fresh case shows the fault."""
    parts = claim.split("; ")
    inside = [re.fullmatch(r"(.+?) in ((?:row blocks? |d[a-z]).*)", part) for part in parts]
    answers = set()
    for seed in (301, 302, 303):
        fresh = fresh_case(subject, case, seed, inside_a_step=all(inside))
        if fresh is None:
            continue
        if all(inside):
            answers.add(Step(fresh).holds([(m[1], m[2]) for m in inside if m]))
            answers.add(composed(subject, case, seed))
        else:
            answers.add(holds(fresh, parts))
    return "unchecked" if not answers or None in answers else "true" if answers == {True} else "false"


def same(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.abs(a - b).max(initial=0.0) <= TOLERANCE * np.abs(b).max(initial=0.0) + 1e-13)


class Fresh:
    """A case with what manual gives and what PyTorch gives."""

    def __init__(self, subject: Subject, case: Case) -> None:
        self.subject, self.case, self.declaration = subject, case, subject.declaration
        arrays = draw(self.declaration, case)
        self.inputs, self.options = dict(arrays.inputs), arrays.options
        self.upstream = {n: u for n, u in arrays.upstream.items() if u is not None}
        self.names = [n for n in self.declaration.differentiable if n in self.inputs]
        self.sizes = case.sizes
        self.outputs, self.backward = self.subject.unit(**self.inputs, **self.options)
        self.found, self.due = self.manual(self.upstream), self.autograd(self.upstream)

    def manual(self, upstream: Arrays) -> Arrays:
        given = {n: upstream.get(n) for n in self.declaration.outputs}
        with np.errstate(all="ignore"):
            gradients = self.backward(self.declaration.output_type(**given))
        return {n: np.array(gradients[n]) for n in self.names}

    def autograd(self, upstream: Arrays) -> Arrays:
        tensors = tensors_of(self.inputs)
        leaves = [tensors[n].requires_grad_() for n in self.names]
        return dict(
            zip(self.names, pulled(self.subject.reference(**tensors, **self.options), upstream, leaves), strict=True)
        )

    def blocks(self, name: str) -> list[tuple[str, Any]]:
        """Row blocks by label and their index; an array without blocks is one, labelled ""."""
        spec = self.declaration.inputs[name]
        for axis, dimension in enumerate(spec.dimensions):
            if dimension.factor > 1 and spec.axis("T") is None:
                size = spec.shape(self.sizes)[axis] // dimension.factor
                labels = dimension.blocks or [f"{k + 1} of {dimension.factor}" for k in range(dimension.factor)]
                return [(g, (slice(None),) * axis + (slice(k * size, k * size + size),)) for k, g in enumerate(labels)]
        return [("", ...)]

    def wrong(self, found: Arrays, due: Arrays) -> list[tuple[str, str, Any]]:
        return [(n, label, i) for n in self.names for label, i in self.blocks(n) if not same(found[n][i], due[n][i])]


def tensors_of(arrays: Arrays) -> Arrays:
    return {n: torch.tensor(np.array(a)) if isinstance(a, np.ndarray) else a for n, a in arrays.items()}


def pulled(outputs: Any, upstream: Arrays, leaves: list[Any]) -> list[Any]:
    pairs = [(getattr(outputs, n), torch.tensor(np.array(u))) for n, u in upstream.items()]
    pairs = [(y, u) for y, u in pairs if y.requires_grad]
    if not pairs:
        return [np.zeros(tuple(leaf.shape)) for leaf in leaves]
    ys, us = zip(*pairs, strict=True)
    gradients = torch.autograd.grad(ys, leaves, us, allow_unused=True)
    return [np.zeros(tuple(v.shape)) if g is None else g.numpy() for v, g in zip(leaves, gradients, strict=True)]


def fresh_case(subject: Subject, case: Case, seed: int, inside_a_step: bool) -> Fresh | None:
    """A case of other sizes that shows the fault, of the same sizes if none does."""
    larger = {n: s if s == 1 else s + 1 + seed % 2 for n, s in case.sizes.items()}
    for sizes in (larger, case.sizes):
        if inside_a_step:
            sizes = {n: 1 if n in "TB" else s for n, s in sizes.items()}
        for k in range(3):
            fresh = Fresh(subject, replace(case, sizes=sizes, seed=seed + 10 * k))
            if fresh.wrong(fresh.found, fresh.due):
                return fresh
    return None


def holds(fresh: Fresh, parts: list[str]) -> bool | None:
    """Whether every wrong block is as one of the parts says that it is."""
    told = []
    for part in parts:
        named = re.fullmatch(r"(d\w+(?:, d\w+)*): (.*)", part)
        names = [n[1:] for n in named[1].split(", ")] if named else fresh.names
        predicted = Stated(fresh, named[2] if named else part).gradients()
        if predicted is None:
            return None
        told.append((names, predicted))
    return all(
        any(n in names and n in p and same(fresh.found[n][i], p[n][i]) for names, p in told)
        for n, _, i in fresh.wrong(fresh.found, fresh.due)
    )


class Stated:
    """A fault as it is stated, and the gradients that it gives."""

    def __init__(self, fresh: Fresh, text: str) -> None:
        self.fresh, self.text = fresh, text

    def gradients(self) -> Arrays | None:
        for pattern, method in STATEMENTS:
            match = re.fullmatch(pattern, self.text)
            if match:
                return method(self.fresh, *match.groups())
        return None


def times(f: Fresh, factor: float) -> Arrays:
    return {n: factor * g for n, g in f.due.items()}


def exchanged(f: Fresh, a: str, b: str, both: bool) -> Arrays:
    result = {}
    for n in f.names:
        index = dict(f.blocks(n))
        if a in index and b in index:
            result[n] = np.full_like(f.due[n], np.nan)
            result[n][index[a]] = f.due[n][index[b]]
            if both:
                result[n][index[b]] = f.due[n][index[a]]
    return result


def by_upstream(f: Fresh, change: Any) -> Arrays:
    return f.autograd({n: change(n, np.array(u)) for n, u in f.upstream.items()})


def one_of(f: Fresh, which: str, letter: str) -> Arrays:
    def change(n: str, u: Any) -> Any:
        axis = f.declaration.outputs[n].axis(letter)
        if axis is None:
            return u
        keep = np.zeros(u.shape[axis])
        keep[0 if which == "first" else -1] = 1
        return u * keep.reshape(-1, *[1] * (u.ndim - axis - 1))

    return by_upstream(f, change)


def shifted(g: Any, axis: int, how: str, around: bool) -> Any:
    T = g.shape[axis]
    order = {
        "one step late": np.arange(T) - 1,
        "one step early": np.arange(T) + 1,
        "reversed in time": np.arange(T)[::-1],
    }
    result = np.take(g, order[how] % T, axis)
    if not around:
        outside = (order[how] < 0) | (order[how] >= T)
        result = result * ~outside.reshape(-1, *[1] * (g.ndim - axis - 1))
    return result


def in_time(f: Fresh, how: str, around: str | None) -> Arrays:
    axes = {n: f.declaration.inputs[n].axis("T") for n in f.names}
    return {n: shifted(f.due[n], a, how, bool(around)) for n, a in axes.items() if a is not None}


def upstream_in_time(f: Fresh, how: str) -> Arrays:
    axes = {n: f.declaration.outputs[n].axis("T") for n in f.upstream}
    return by_upstream(f, lambda n, u: u if axes[n] is None else shifted(u, axes[n], how, False))


class Graph:
    """All steps of a sequence in one graph; `enter(name, t, state)` alters a state on its way into step t."""

    def __init__(self, f: Fresh, enter: Any = lambda n, t, s: s, inputs: Arrays | None = None) -> None:
        self.f, T = f, f.sizes["T"]
        tensors = tensors_of(inputs or f.inputs)
        self.starts = {f"{n[:-2]}_0": n for n in f.declaration.outputs if n.endswith("_T")}
        timed = [n for n in tensors if f.declaration.inputs[n].axis("T") == 0]
        self.first = {n: tensors[n].requires_grad_() for n in self.starts}
        state, kept = dict(self.first), []
        self.leaves: list[Arrays] = []
        self.before: list[Arrays] = []
        for t in range(T):
            own = {n: (v[t : t + 1] if n in timed else v) for n, v in tensors.items() if n not in self.starts}
            own = {n: v.clone().requires_grad_() if n in f.names else v for n, v in own.items()}
            self.leaves.append({n: own[n] for n in f.names if n not in self.starts})
            self.before.append({n: s.detach().numpy() for n, s in state.items()})
            out = f.subject.reference(**own, **{n: enter(n, t, s) for n, s in state.items()}, **f.options)
            kept.append(out)
            state = {n: getattr(out, end) for n, end in self.starts.items()}
        self.before.append({n: s.detach().numpy() for n, s in state.items()})
        whole = [n for n in f.declaration.outputs if n not in self.starts.values()]
        cat = {n: torch.cat([getattr(o, n) for o in kept]) for n in whole}
        self.outputs = f.declaration.output_type(**cat, **{end: state[n] for n, end in self.starts.items()})
        self.timed = timed

    def steps(self, upstream: Arrays) -> tuple[list[Arrays], Arrays]:
        """The gradients of each step's own inputs, and of the states that it starts from."""
        flat = [v for leaves in self.leaves for v in leaves.values()]
        found = iter(pulled(self.outputs, upstream, [*flat, *self.first.values()]))
        own = [{n: next(found) for n in leaves} for leaves in self.leaves]
        return own, {n: next(found) for n in self.first}

    def gradients(self, upstream: Arrays, chosen: Any = lambda t: True) -> Arrays:
        own, first = self.steps(upstream)
        result = dict(first)
        for n in own[0]:
            if n in self.timed:
                result[n] = np.concatenate([s[n] for s in own])
            else:
                result[n] = sum((s[n] for t, s in enumerate(own) if chosen(t)), np.zeros_like(own[0][n]))
        return result


def carried(f: Fresh, names: str, how: str) -> Arrays:
    lost = [n[1:] + "_0" for n in names.split(" and ")]
    factor = {"twice": 2.0, "with the wrong sign": -1.0}.get(how, 0.0)

    def enter(n: str, t: int, s: Any) -> Any:
        if n not in lost or (t == 0 and how != "nor to the initial state"):
            return s
        return factor * s + (1 - factor) * s.detach()

    return Graph(f, enter).gradients(f.upstream)


def never_updated(f: Fresh, name: str) -> Arrays:
    def enter(n: str, t: int, s: Any) -> Any:
        if n != f"{name}_0" or t == 0:
            return s
        s = s.clone()
        s.register_hook(lambda g: torch.tensor(np.array(f.upstream[f"{name}_T"])))
        return s

    return Graph(f, enter).gradients(f.upstream)


def truncated(f: Fresh, lag: str) -> Arrays:
    total: Arrays = dict.fromkeys(f.names, 0)
    T = f.sizes["T"]
    for t in range(T):
        cut = t - int(lag) + 1
        graph = Graph(f, lambda n, s, state: state.detach() if s == cut else state)  # noqa: B023
        here = (np.arange(T) == t).astype(float)
        ends = graph.starts.values()
        up = {
            n: u * (t == T - 1) if n in ends else u * here.reshape(-1, *[1] * (u.ndim - 1))
            for n, u in f.upstream.items()
        }
        total = {n: total[n] + g for n, g in graph.gradients(up).items()}
    return total


def of_steps(f: Fresh, which: str, how: str) -> Arrays:
    end = 0 if which == "first" else f.sizes["T"] - 1
    return Graph(f).gradients(f.upstream, lambda t: (t == end) == (how == "only"))


def other_operand(f: Fresh, other: str, used: str) -> Arrays:
    """Each row of the batch alone in a graph, where the gradient of a step's bias is that of its gates."""
    rows: list[tuple[list[Arrays], list[Arrays]]] = []
    for b in range(f.sizes["B"]):
        specs = f.declaration.inputs
        alone = {
            n: a if specs[n].axis("B") is None else np.take(a, [b], specs[n].axis("B")) for n, a in f.inputs.items()
        }
        graph = Graph(f, inputs=alone)
        up = {n: np.take(u, [b], f.declaration.outputs[n].axis("B")) for n, u in f.upstream.items()}
        rows.append((graph.steps(up)[0], graph.before))
    result = {}
    for weight in (n for n in f.names if f.due[n].ndim == 2 and not n.endswith("_0")):
        for bias in (n for n in f.names if f.due[n].ndim == 1):
            product = {}
            for text in (other, used):
                terms = [
                    np.outer(own[t][bias], operand(f, text, b, t, before))
                    for b, (own, before) in enumerate(rows)
                    for t in range(f.sizes["T"])
                ]
                product[text] = sum(terms[1:], terms[0])
            if same(product[used], f.due[weight]) and same(product[other], f.found[weight]):
                result[weight] = product[other]
    return result


def operand(f: Fresh, text: str, b: int, t: int, before: list[Arrays]) -> Any:
    T = f.sizes["T"]
    if m := re.fullmatch(r"(\w+) (before|after) the step", text):
        return before[t + (m[2] == "after")][f"{m[1]}_0"][0]
    if m := re.fullmatch(r"the last (\w+), by index -1, in place of (\w+)", text):
        return before[t or T][m[2]][0]
    if m := re.fullmatch(r"zeros in place of (\w+)", text):
        return before[t][m[1]][0] * (t > 0)
    return f.inputs[text.removesuffix(" of the step")][t, b]


def state_operand(f: Fresh, text: str, start: str) -> Arrays:
    return other_operand(f, text, f"{start[:-2]} before the step")


SHIFT = "(one step late|one step early|reversed in time)"
STATEMENTS: list[tuple[str, Any]] = [
    ("it is zero", lambda f: times(f, 0)),
    ("the sign is wrong", lambda f: times(f, -1)),
    ("twice what is due", lambda f: times(f, 2)),
    ("half of what is due", lambda f: times(f, 0.5)),
    (r"(-?[\d.e+-]+) times what is due", lambda f, c: times(f, float(c))),
    (r"divided by T\*B", lambda f: times(f, 1 / (f.sizes["T"] * f.sizes["B"]))),
    (r"divided by ([TB])(?: \(.*\))?", lambda f, n: times(f, 1 / f.sizes[n])),
    (r"multiplied by ([TB])", lambda f, n: times(f, f.sizes[n])),
    ("the transpose of what is due", lambda f: {n: g.T for n, g in f.due.items()}),
    (r"row blocks (.+) and (.+) are exchanged", lambda f, a, b: exchanged(f, a, b, True)),
    (r"row block (.+) is a copy of what is due to (.+)", lambda f, a, b: exchanged(f, a, b, False)),
    (r"d(\w+) is what is due to d(\w+)", lambda f, a, b: {a: f.due[b]}),
    (r"d(\w+) is the input (\w+) itself", lambda f, a, b: {a: f.inputs[b]}),
    ("it is the input itself", lambda f: {n: f.inputs[n] for n in f.names}),
    ("the input is added to what is due", lambda f: {n: f.due[n] + f.inputs[n] for n in f.names}),
    (r"it is the upstream gradient of (\w+) itself", lambda f, o: dict.fromkeys(f.names, f.upstream[o])),
    (r"clipped to \+-(.+)", lambda f, c: {n: np.clip(g, -float(c), float(c)) for n, g in f.due.items()}),
    (
        r"the upstream gradient of (.+) does not arrive",
        lambda f, lost: by_upstream(f, lambda n, u: u * (n not in lost.split(" and "))),
    ),
    (
        r"the upstream gradient of (\w+) counts twice",
        lambda f, o: by_upstream(f, lambda n, u: 2 * u if n == o else u),
    ),
    (
        r"the upstream gradient of (\w+) has the wrong sign",
        lambda f, o: by_upstream(f, lambda n, u: -u if n == o else u),
    ),
    (
        r"the size of the upstream gradient of (\w+) is ignored, as if every entry were 1",
        lambda f, o: by_upstream(f, lambda n, u: u**0 if n == o else u),
    ),
    (
        "the size of the upstream gradient is ignored, as if every entry were 1",
        lambda f: by_upstream(f, lambda n, u: u**0),
    ),
    ("only the sign of the upstream gradient counts", lambda f: by_upstream(f, lambda n, u: u / abs(u))),
    (r"only the upstream gradient of the (first|last) step arrives", lambda f, w: one_of(f, w, "T")),
    (r"only the upstream gradient of the (first|last) batch row arrives", lambda f, w: one_of(f, w, "B")),
    (rf"the upstream gradient is read {SHIFT}", upstream_in_time),
    (rf"what is due, {SHIFT}(, coming round)?", in_time),
    (r"(d\w+(?: and d\w+)*) is not carried from step to step(?:, (nor to the initial state))?", carried),
    (r"(d\w+) is carried from step to step (twice|with the wrong sign)", carried),
    (r"the carry of d(\w+) is never updated: every step gets that of the last", never_updated),
    (r"what reaches back (\d+) steps or more is missing: truncated", truncated),
    (r"only the (first) step's is there: overwritten, not added up", lambda f, w: of_steps(f, w, "only")),
    (r"only the (last) step's is there", lambda f, w: of_steps(f, w, "only")),
    (r"the (first|last) step's is missing", lambda f, w: of_steps(f, w, "all but")),
    (r"(the last \w+, by index -1, in place of (\w+))", state_operand),
    (r"(zeros in place of (\w+))", state_operand),
    (r"(.+ the step) where (.+ the step) is due", other_operand),
]


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
