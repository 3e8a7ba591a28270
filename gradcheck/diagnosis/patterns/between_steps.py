"""Faults between the steps of a recurrent unit.

The reference runs step by step, and the gradient that each step hands to the one before is altered on the way.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from ...cases.arrays import Array, Arrays
from ...judges.autograd import ReferenceResult, run_reference
from ...unit.declaration import name_state
from ..evidence import Evidence, agrees_to_rounding

FaultPattern = tuple[str, Callable[[], Arrays]]
CarryGradients = dict[str, Array]
AlterCarry = Callable[[int, CarryGradients], CarryGradients]


class StepChain:
    """The steps of a case, as the reference takes them one at a time."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.states = evidence.declaration.states
        self.T = evidence.case.sizes["T"]
        self.timed = [n for n in evidence.inputs if evidence.declaration.inputs[n].axis("T") == 0]
        self.inputs: list[dict[str, Any]] = []
        wide, handed = evidence.run.wide_inputs, dict[str, Array]()
        for t in range(self.T):
            self.inputs.append({n: a[t : t + 1] if n in self.timed else a for n, a in wide.items()} | handed)
            outputs = self.step(t, {}).outputs
            handed = {start: outputs[end] for start, end in self.states.items()}

    def step(self, t: int, upstream: Mapping[str, Array]) -> ReferenceResult:
        e = self.evidence
        sizes = {**e.case.sizes, "T": 1}
        return run_reference(e.subject.reference, e.declaration, sizes, self.inputs[t], e.run.options, upstream)

    def pull_back_steps(self, upstream: Mapping[str, Array], alter: AlterCarry | None = None) -> list[Arrays]:
        """The gradients of each step, `alter` given the step that hands and what it hands to the one before."""
        ends = self.states.values()
        handed = {n: upstream[n] for n in ends if n in upstream}
        found: list[Arrays] = [{} for _ in range(self.T)]
        for t in reversed(range(self.T)):
            own = {n: u[t : t + 1] for n, u in upstream.items() if n not in ends}
            found[t] = self.step(t, own | handed).gradients
            handed = {end: found[t][start] for start, end in self.states.items() if start in found[t]}
            handed = handed if alter is None else alter(t, handed)
        return found

    def join_steps(self, parts: list[Arrays], steps: list[int] | None = None) -> Arrays:
        """The gradients of the sequence; of the parameters, those of some steps alone if `steps` are given."""
        result = {}
        for n in self.evidence.expected:
            if n in self.timed:
                result[n] = np.concatenate([p[n] for p in parts])
            elif n in self.states:
                result[n] = parts[0][n]
            else:
                result[n] = sum((parts[t][n] for t in steps or range(self.T)), np.zeros_like(parts[0][n]))
        return result

    def scale_carry(self, factors: Mapping[str, float], to_initial: bool = False) -> Arrays:
        """With what is handed over multiplied; that which goes to the initial state only if `to_initial`."""
        upstream = self.evidence.upstream
        result = self.join_steps(
            self.pull_back_steps(upstream, lambda t, h: {n: factors.get(n, 1) * g for n, g in h.items()})
        )
        return result | {n: factors.get(end, 1) * result[n] for n, end in self.states.items() if to_initial}

    def replace_carry(self, others: CarryGradients) -> Arrays:
        """With other gradients handed over."""
        return self.join_steps(self.pull_back_steps(self.evidence.upstream, lambda t, h: {**h, **others}))

    def truncate_carry(self, most: int) -> Arrays:
        """What reaches back `most` steps and no further."""
        total: Arrays = {}
        for t in range(self.T):
            near = partial(clear_early_carry, t - most)
            for n, g in self.join_steps(self.pull_back_steps(self.select_upstream(t), near)).items():
                total[n] = total.get(n, 0) + (g if n not in self.states or t < most else 0 * g)
        return total

    def select_upstream(self, t: int) -> dict[str, Array]:
        """The upstream gradient of one step; that of the final states goes with the last."""
        result = {}
        for n, u in self.evidence.upstream.items():
            mask = np.arange(self.T) == t
            if n in self.states.values():
                result[n] = u * (t == self.T - 1)
            else:
                result[n] = u * mask.reshape(-1, *[1] * (u.ndim - 1))
        return result


class ManualStepChain(StepChain):
    """The steps of a case, as manual takes them one at a time."""

    def step(self, t: int, upstream: Mapping[str, Array]) -> ReferenceResult:
        outputs, backward = self.evidence.run.forward(self.inputs[t])
        given = {n: upstream.get(n) for n in outputs}
        return ReferenceResult(outputs, backward(given) if upstream else {})


def equals_single_steps(e: Evidence) -> bool:
    """Whether what manual gives over a sequence is what its steps give one at a time."""
    if not is_step_chain(e):
        return "T" not in e.case.sizes
    own = ManualStepChain(e)
    whole = own.join_steps(own.pull_back_steps(e.upstream))
    return all(agrees_to_rounding(whole[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.gradients.items())


def equals_single_rows(e: Evidence) -> bool:
    """Whether what manual gives for a batch is what it gives for the rows one at a time."""
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


def clear_early_carry(first: int, t: int, handed: CarryGradients) -> CarryGradients:
    """Nothing handed over by steps up to `first`."""
    return handed if t > first else {n: 0 * g for n, g in handed.items()}


def is_step_chain(e: Evidence) -> bool:
    """Whether the declaration is that of a chain of steps."""
    declaration, found = e.declaration, e.declaration.states
    others = [n for n in declaration.outputs if n not in found.values()]
    if not found or e.case.sizes.get("T", 1) < 2 or declaration.counts_steps or any(n not in e.inputs for n in found):
        return False
    return all(declaration.outputs[n].axis("T") == 0 for n in others)


def build_step_chain(e: Evidence) -> StepChain | None:
    """The case step by step, or None where the unit is not a chain of steps, as far as the reference shows."""
    if not is_step_chain(e):
        return None
    steps = StepChain(e)
    whole = steps.join_steps(steps.pull_back_steps(e.upstream))
    right = all(agrees_to_rounding(whole[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.expected.items())
    return steps if right else None


def list_carry_faults(steps: StepChain, lag: int | None) -> Iterator[FaultPattern]:
    """What is handed over, or gathered, wrongly; `lag` is the smallest that is wrong, if all larger ones are too."""
    e = steps.evidence
    plain = steps.pull_back_steps(e.upstream)
    ends = {end: name_state(start) for start, end in steps.states.items()}
    for count in range(1, len(ends) + 1):
        for lost in combinations(ends, count):
            names = " and ".join(f"d{ends[n]}" for n in lost)
            zero = dict.fromkeys(lost, 0.0)
            yield f"{names} is not carried from step to step", partial(steps.scale_carry, zero)
            text = f"{names} is not carried from step to step, nor to the initial state"
            yield text, partial(steps.scale_carry, zero, to_initial=True)
    for end, name in ends.items():
        yield f"d{name} is carried from step to step with the wrong sign", partial(steps.scale_carry, {end: -1.0})
        yield f"d{name} is carried from step to step twice", partial(steps.scale_carry, {end: 2.0})
        if end in e.upstream:
            text = f"the carry of d{name} is never updated: every step gets that of the last"
            yield text, partial(steps.replace_carry, {end: e.upstream[end]})
    if lag is not None and lag > 1:
        yield f"what reaches back {lag} steps or more is missing: truncated", partial(steps.truncate_carry, lag - 1)
    for t, text in (
        (0, "only the first step's is there: overwritten, not added up"),
        (-1, "only the last step's is there"),
    ):
        yield text, partial(steps.join_steps, plain, [t % steps.T])
    for t, text in ((0, "the first step's is missing"), (-1, "the last step's is missing")):
        yield text, partial(steps.join_steps, plain, [s for s in range(steps.T) if s != t % steps.T])
