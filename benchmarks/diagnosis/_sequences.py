"""Faults between the steps of a sequence, put into one graph of all steps by hooks and detached states."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from _fresh import Arrays, Fresh, pulled, same, tensors_of

from gradcheck.diagnosis.patterns.carries import (
    CarryClipped,
    CarryCut,
    CarryDropped,
    CarryScaled,
    CarryStuck,
    StepSkipped,
    StepsLost,
    StoppedAfter,
    Truncated,
)
from gradcheck.diagnosis.patterns.operands import Operand, OperandReplaced
from gradcheck.diagnosis.patterns.pattern import Pattern


class Graph:
    """All steps of a sequence in one graph; `enter(name, t, state)` alters a state on its way into step t."""

    def __init__(self, f: Fresh, enter: Any = lambda n, t, s: s, inputs: Arrays | None = None, steps: int = 0) -> None:
        self.f, T = f, steps or f.sizes["T"]
        tensors = tensors_of(inputs or f.inputs)
        self.starts = f.declaration.states
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


def dropped(f: Fresh, pattern: CarryDropped) -> Arrays:
    def enter(n: str, t: int, s: Any) -> Any:
        return s.detach() if n in pattern.states and (t or pattern.to_initial) else s

    return Graph(f, enter).gradients(f.upstream)


def scaled(f: Fresh, pattern: CarryScaled) -> Arrays:
    def enter(n: str, t: int, s: Any) -> Any:
        return pattern.factor * s + (1 - pattern.factor) * s.detach() if n == pattern.state and t else s

    return Graph(f, enter).gradients(f.upstream)


def never_updated(f: Fresh, pattern: CarryStuck) -> Arrays:
    stuck = f.upstream[f.declaration.states[pattern.state]]
    return hooked(f, pattern.state, lambda g: torch.tensor(np.array(stuck)), from_step=1)


def clipped(f: Fresh, pattern: CarryClipped) -> Arrays:
    return hooked(f, pattern.state, lambda g: torch.clamp(g, -pattern.limit, pattern.limit), from_step=0)


def hooked(f: Fresh, name: str, change: Callable[[Any], Any], from_step: int) -> Arrays:
    """With the gradient of a state changed where it leaves a step."""

    def enter(n: str, t: int, s: Any) -> Any:
        if n != name or t < from_step:
            return s
        s = s.clone()
        s.register_hook(change)
        return s

    return Graph(f, enter).gradients(f.upstream)


def cut(f: Fresh, pattern: CarryCut) -> Arrays:
    return Graph(f, lambda n, t, s: s.detach() if t and t % pattern.every == 0 else s).gradients(f.upstream)


def truncated(f: Fresh, pattern: Truncated) -> Arrays:
    total: Arrays = dict.fromkeys(f.names, 0)
    T = f.sizes["T"]
    for t in range(T):
        cut = t - pattern.lag + 1
        graph = Graph(f, lambda n, s, state: state.detach() if s == cut else state)  # noqa: B023
        here = (np.arange(T) == t).astype(float)
        ends = graph.starts.values()
        up = {
            n: u * (t == T - 1) if n in ends else u * here.reshape(-1, *[1] * (u.ndim - 1))
            for n, u in f.upstream.items()
        }
        total = {n: total[n] + g for n, g in graph.gradients(up).items()}
    return total


def stopped(f: Fresh, pattern: StoppedAfter) -> Arrays:
    """The steps before those that are done, as if they were constants: their states are the initial ones."""
    return of_part(f, max(f.sizes["T"] - pattern.steps, 0), f.sizes["T"], pattern.to_initial, f.upstream)


def skipped(f: Fresh, pattern: StepSkipped) -> Arrays:
    T, ends = f.sizes["T"], f.declaration.states.values()
    if pattern.which == "first":
        return of_part(f, 1, T, pattern.passed_on, f.upstream)
    kept = {n: u for n, u in f.upstream.items() if pattern.passed_on or n not in ends}
    return of_part(f, 0, T - 1, True, kept)


def of_part(f: Fresh, first: int, last: int, to_initial: bool, upstream: Arrays) -> Arrays:
    """The gradients of steps first to last - 1 alone, the upstream gradient of the last state at the last of them."""
    timed = [n for n in f.inputs if f.declaration.inputs[n].axis("T") == 0]
    states = Graph(f).before[first]
    inputs = {n: a[first:last] if n in timed else a for n, a in f.inputs.items()} | states
    ends = f.declaration.states.values()
    graph = Graph(f, inputs=inputs, steps=last - first)
    found = graph.gradients({n: u if n in ends else u[first:last] for n, u in upstream.items()})
    for n in (n for n in timed if n in found):
        whole = np.zeros_like(f.due[n])
        whole[first:last] = found[n]
        found[n] = whole
    return found | ({} if to_initial else {n: 0 * found[n] for n in states})


def of_steps(f: Fresh, pattern: StepsLost) -> Arrays:
    end = 0 if pattern.which == "first" else f.sizes["T"] - 1
    return Graph(f).gradients(f.upstream, lambda t: (t == end) == pattern.only)


def other_operand(f: Fresh, pattern: OperandReplaced) -> Arrays:
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
    product = {}
    for what in (pattern.used, pattern.expected):
        product[what] = sum(
            np.outer(own[t][pattern.bias], operand(f, what, b, t, before))
            for b, (own, before) in enumerate(rows)
            for t in range(f.sizes["T"])
        )
    return {pattern.weight: product[pattern.used]} if same(product[pattern.expected], f.due[pattern.weight]) else {}


def operand(f: Fresh, what: Operand, b: int, t: int, before: list[Arrays]) -> Any:
    if what.kind == "input":
        return f.inputs[what.name][t, b]
    step = {"before": t, "after": t + 1, "wrapped": t or f.sizes["T"], "cleared": t}[what.kind]
    return before[step][what.name][0] * (t > 0 or what.kind != "cleared")


SEQUENCE_FAULTS: dict[type[Pattern], Callable[[Fresh, Any], Arrays]] = {
    CarryDropped: dropped,
    CarryScaled: scaled,
    CarryStuck: never_updated,
    CarryClipped: clipped,
    CarryCut: cut,
    Truncated: truncated,
    StoppedAfter: stopped,
    StepSkipped: skipped,
    StepsLost: of_steps,
    OperandReplaced: other_operand,
}
