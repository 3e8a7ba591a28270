"""A recurrent unit run step by step, by the reference and by manual."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ...cases.arrays import Array, Arrays
from ...judges.autograd import ReferenceResult, run_reference
from ..evidence import Evidence, agrees_to_rounding

CarryGradients = dict[str, Array]
AlterCarry = Callable[[int, CarryGradients], CarryGradients]
"""From a step, and the gradients it carries to the step before: what arrives there."""


class StepChain:
    """The steps of a case, run by the reference one at a time; the states of each start the next."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.upstream = evidence, evidence.upstream
        self.states = evidence.declaration.states
        self.T = evidence.case.sizes["T"]
        self.timed = [n for n in evidence.inputs if evidence.declaration.inputs[n].axis("T") == 0]
        self.inputs: list[dict[str, Any]] = []
        wide, handed = evidence.run.wide_inputs, dict[str, Array]()
        for t in range(self.T):
            self.inputs.append({n: a[t : t + 1] if n in self.timed else a for n, a in wide.items()} | handed)
            self.last_outputs = self.step(t, {}).outputs
            handed = {start: self.last_outputs[end] for start, end in self.states.items()}

    def step(self, t: int, upstream: Mapping[str, Array]) -> ReferenceResult:
        e = self.evidence
        sizes = {**e.case.sizes, "T": 1}
        return run_reference(e.subject.oracle, e.declaration, sizes, self.inputs[t], e.run.options, upstream)

    def pull_back_steps(self, upstream: Mapping[str, Array], alter: AlterCarry | None = None) -> list[Arrays]:
        """Pull back step by step; return the gradients of each step.  `alter` changes what is carried from one."""
        handed = {start: upstream[end] for start, end in self.states.items() if end in upstream}
        found: list[Arrays] = [{} for _ in range(self.T)]
        for t in reversed(range(self.T)):
            found[t] = self.pull_back_step(t, upstream, handed)
            handed = {n: found[t][n] for n in self.states if n in found[t]}
            handed = handed if alter is None else alter(t, handed)
        return found

    def pull_back_step(self, t: int, upstream: Mapping[str, Array], handed: Mapping[str, Array | None]) -> Arrays:
        """Pull back one step; `handed` is what the step after it carries over, by initial state."""
        ends = self.states.values()
        own = {n: u[t : t + 1] for n, u in upstream.items() if n not in ends}
        given = {self.states[n]: g for n, g in handed.items() if g is not None}
        return self.step(t, own | given).gradients

    @cached_property
    def plain_parts(self) -> list[Arrays]:
        """The right gradients of each step."""
        return self.pull_back_steps(self.upstream)

    @cached_property
    def gate_gradients(self) -> Arrays:
        """The gradient of each bias at every step and batch row, (T, B, size); computed one row at a time."""
        e, outputs = self.evidence, self.evidence.declaration.outputs
        biases = [n for n, g in e.expected.items() if g.ndim == 1]
        axes = {n: outputs[n].axis("B") for n in self.upstream}
        if None in axes.values():
            return {}
        result = {n: np.zeros((self.T, e.case.sizes["B"], e.expected[n].size)) for n in biases}
        for b in range(e.case.sizes["B"]):
            only = {n: np.zeros_like(u) for n, u in self.upstream.items()}
            for n, u in self.upstream.items():
                np.moveaxis(only[n], axes[n] or 0, 0)[b] = np.moveaxis(u, axes[n] or 0, 0)[b]
            for t, part in enumerate(self.pull_back_steps(only)):
                for n in biases:
                    result[n][t, b] = part[n]
        return result

    def join_steps(self, parts: list[Arrays], steps: Iterable[int] | None = None) -> Arrays:
        """Join the gradients of steps to those of the sequence; those of parameters are sums over `steps`, or all."""
        result, summed = {}, [*range(self.T)] if steps is None else [*steps]
        for n in self.evidence.expected:
            if n in self.timed:
                result[n] = np.concatenate([p[n] for p in parts])
            elif n in self.states:
                result[n] = parts[0][n]
            else:
                result[n] = sum((parts[t][n] for t in summed), np.zeros_like(parts[0][n]))
        return result

    def select_upstream(self, t: int) -> dict[str, Array]:
        """Keep the upstream gradient of one step; that of the final states belongs to the last step."""
        result = {}
        for n, u in self.evidence.upstream.items():
            mask = np.arange(self.T) == t
            if n in self.states.values():
                result[n] = u * (t == self.T - 1)
            else:
                result[n] = u * mask.reshape(-1, *[1] * (u.ndim - 1))
        return result


class ManualStepChain(StepChain):
    """The steps of a case, run by manual one at a time."""

    def step(self, t: int, upstream: Mapping[str, Array]) -> ReferenceResult:
        outputs, backward = self.evidence.run.forward(self.inputs[t])
        given = {n: upstream.get(n) for n in outputs}
        return ReferenceResult(outputs, backward(given) if upstream else {})


def equals_single_steps(e: Evidence) -> bool:
    """Whether manual's gradients of a sequence are those of its steps, run one at a time."""
    if not is_step_chain(e):
        return "T" not in e.case.sizes
    own = ManualStepChain(e)
    whole = own.join_steps(own.plain_parts)
    return all(agrees_to_rounding(whole[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.gradients.items())


def equals_single_rows(e: Evidence) -> bool:
    """Whether manual's gradients of a batch are those of its rows, run one at a time."""
    inputs, outputs = e.declaration.inputs, e.declaration.outputs
    batched = [n for n in e.names if inputs[n].axis("B") is not None]
    if e.case.sizes.get("B", 1) == 1 or any(outputs[n].axis("B") is None for n in e.upstream):
        return True
    total: Arrays = {n: np.zeros_like(g) for n, g in e.expected.items()}
    for b in range(e.case.sizes["B"]):
        alone = {n: a if inputs[n].axis("B") is None else a.take([b], inputs[n].axis("B")) for n, a in e.inputs.items()}
        own, backward = e.run.forward(alone)
        gradients = backward(
            {n: e.upstream[n].take([b], outputs[n].axis("B")) if n in e.upstream else None for n in own}
        )
        for n in e.expected:
            if n in batched:
                np.moveaxis(total[n], inputs[n].axis("B") or 0, 0)[b] = gradients[n].squeeze(inputs[n].axis("B"))
            else:
                total[n] += gradients[n]
    return all(agrees_to_rounding(total[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.gradients.items())


def is_step_chain(e: Evidence) -> bool:
    """Whether the declaration is that of a recurrent unit: it has states, and all other outputs have steps."""
    declaration, found = e.declaration, e.declaration.states
    others = [n for n in declaration.outputs if n not in found.values()]
    if not found or e.case.sizes.get("T", 1) < 2 or declaration.counts_steps or any(n not in e.inputs for n in found):
        return False
    return all(declaration.outputs[n].axis("T") == 0 for n in others)


def build_step_chain(e: Evidence) -> StepChain | None:
    """Run the case step by step; None if that does not give the reference's gradients of the whole sequence."""
    if not is_step_chain(e):
        return None
    steps = StepChain(e)
    whole = steps.join_steps(steps.plain_parts)
    right = all(agrees_to_rounding(whole[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.expected.items())
    return steps if right else None
