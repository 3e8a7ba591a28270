"""Faults between the steps of a sequence, put into one graph of all steps by hooks and detached states."""

import re
from typing import Any

import numpy as np
import torch
from _fresh import Arrays, Fresh, pulled, same, tensors_of


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
