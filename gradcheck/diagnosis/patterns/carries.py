"""Faults between the steps: the gradient that is carried from step to step, and the sums over the steps."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from ...cases.arrays import Arrays
from ...unit.declaration import name_state
from .pattern import Pattern, round_factor
from .step_chain import CarryGradients, StepChain

End = Literal["first", "last"]


class StepPattern(Pattern):
    """A fault of which a chain of steps predicts the gradients."""

    @abstractmethod
    def predict(self, steps: StepChain) -> Arrays:
        """Predict the gradients of a backward with this fault; an input without a prediction is left out."""


@dataclass(frozen=True)
class CarryDropped(StepPattern):
    """The gradients of some states are not carried; with `to_initial`, not to the initial state either."""

    states: tuple[str, ...]
    to_initial: bool = False

    def __str__(self) -> str:
        names = " and ".join(f"d{name_state(n)}" for n in self.states)
        return f"{names} is not carried from step to step{', nor to the initial state' if self.to_initial else ''}"

    def predict(self, steps: StepChain) -> Arrays:
        result = pull_back_scaled(steps, dict.fromkeys(self.states, 0.0))
        return result | ({n: 0 * result[n] for n in self.states if n in result} if self.to_initial else {})


@dataclass(frozen=True)
class CarryScaled(StepPattern):
    """The gradient of a state is carried twice, or with the wrong sign."""

    state: str
    factor: float

    def __str__(self) -> str:
        how = {2.0: "twice", -1.0: "with the wrong sign"}[self.factor]
        return f"d{name_state(self.state)} is carried from step to step {how}"

    def predict(self, steps: StepChain) -> Arrays:
        return pull_back_scaled(steps, {self.state: self.factor})


@dataclass(frozen=True)
class CarryStuck(StepPattern):
    """The carried gradient of a state is never updated: every step gets that of the last step."""

    state: str

    def __str__(self) -> str:
        return f"the carry of d{name_state(self.state)} is never updated: every step gets that of the last"

    def predict(self, steps: StepChain) -> Arrays:
        stuck = {self.state: steps.upstream[steps.states[self.state]]}
        return steps.join_steps(steps.pull_back_steps(steps.upstream, lambda t, handed: {**handed, **stuck}))


@dataclass(frozen=True)
class CarryCut(StepPattern):
    """Nothing is carried from one window of so many steps to the window before."""

    every: int

    def __str__(self) -> str:
        return f"nothing is carried between windows of {self.every} steps"

    def predict(self, steps: StepChain) -> Arrays:
        def cut(t: int, handed: CarryGradients) -> CarryGradients:
            return clear_carry(handed) if t and t % self.every == 0 else handed

        return steps.join_steps(steps.pull_back_steps(steps.upstream, cut))


@dataclass(frozen=True)
class CarryClipped(StepPattern):
    """The carried gradient is clipped at a limit, entry by entry."""

    state: str
    limit: float

    def __str__(self) -> str:
        return f"d{name_state(self.state)} is clipped to +-{self.limit:.9g} at every step"

    def predict(self, steps: StepChain) -> Arrays:
        def clip(t: int, handed: CarryGradients) -> CarryGradients:
            return {n: np.clip(g, -self.limit, self.limit) if n == self.state else g for n, g in handed.items()}

        parts = steps.pull_back_steps(steps.upstream, clip)
        return steps.join_steps([parts[0] | clip(0, {self.state: parts[0][self.state]}), *parts[1:]])


@dataclass(frozen=True)
class Truncated(StepPattern):
    """The gradient over `lag` steps or more is missing."""

    lag: int

    def __str__(self) -> str:
        return f"what reaches back {self.lag} steps or more is missing: truncated"

    def predict(self, steps: StepChain) -> Arrays:
        most, total = self.lag - 1, Arrays()
        for t in range(steps.T):

            def clear_early(s: int, handed: CarryGradients, first: int = t - most) -> CarryGradients:
                return handed if s > first else clear_carry(handed)

            parts = steps.join_steps(steps.pull_back_steps(steps.select_upstream(t), clear_early))
            for n, g in parts.items():
                total[n] = total.get(n, 0) + (g if n not in steps.states or t < most else 0 * g)
        return total


@dataclass(frozen=True)
class StoppedAfter(StepPattern):
    """The loop over the steps, from the last one back, ends after so many steps."""

    steps: int
    to_initial: bool

    def __str__(self) -> str:
        handed = "what is carried there is taken for that of the initial state" if self.to_initial else ""
        return f"the backward stops after {self.steps} step{'s' if self.steps > 1 else ''}{handed and f'; {handed}'}"

    def predict(self, steps: StepChain) -> Arrays:
        return leave_out_steps(steps, range(steps.T - self.steps), self.to_initial)


@dataclass(frozen=True)
class StepSkipped(StepPattern):
    """The loop leaves out the first or the last step; with `passed_on`, its carry goes to the step before."""

    which: End
    passed_on: bool

    def __str__(self) -> str:
        return f"the {self.which} step is skipped{'' if self.passed_on else ', and what is carried ends there'}"

    def predict(self, steps: StepChain) -> Arrays:
        return leave_out_steps(steps, [0 if self.which == "first" else steps.T - 1], self.passed_on)


@dataclass(frozen=True)
class StepsLost(StepPattern):
    """A sum over the steps has `only` the first or last step in it, or all steps but that one."""

    which: End
    only: bool

    def __str__(self) -> str:
        if not self.only:
            return f"the {self.which} step's is missing"
        why = ": overwritten, not added up" if self.which == "first" else ""
        return f"only the {self.which} step's is there{why}"

    def predict(self, steps: StepChain) -> Arrays:
        end = 0 if self.which == "first" else steps.T - 1
        return steps.join_steps(steps.plain_parts, [t for t in range(steps.T) if (t == end) == self.only])


def clear_carry(handed: CarryGradients) -> CarryGradients:
    return {n: 0 * g for n, g in handed.items()}


def pull_back_scaled(steps: StepChain, factors: dict[str, float]) -> Arrays:
    """Pull back with the carried gradients multiplied by factors, by state."""
    parts = steps.pull_back_steps(
        steps.upstream, lambda t, handed: {n: factors.get(n, 1.0) * g for n, g in handed.items()}
    )
    return steps.join_steps(parts)


def leave_out_steps(steps: StepChain, left_out: "range | list[int]", passed_on: bool) -> Arrays:
    """Pull back without some steps; their carry goes on to the step before if `passed_on`, else it is lost."""
    handed = {start: steps.upstream.get(end) for start, end in steps.states.items()}
    parts: list[Arrays] = [{} for _ in range(steps.T)]
    for t in reversed(range(steps.T)):
        if t in left_out:
            parts[t] = {n: np.zeros_like(g) for n, g in steps.plain_parts[t].items()}
            parts[t] |= {n: g for n, g in handed.items() if passed_on and g is not None}
        else:
            parts[t] = steps.pull_back_step(t, steps.upstream, handed)
        handed = {n: parts[t][n] for n in steps.states if n in parts[t]}
    return steps.join_steps(parts)


def list_carry_faults(steps: StepChain, lag: int | None) -> Iterator[StepPattern]:
    """List faults of the carry and of sums over steps; `lag` is the smallest wrong one, if all above are."""
    for count in range(1, len(steps.states) + 1):
        for lost in combinations(steps.states, count):
            yield from (CarryDropped(lost), CarryDropped(lost, to_initial=True))
    for start, end in steps.states.items():
        yield from (CarryScaled(start, -1.0), CarryScaled(start, 2.0))
        yield from [CarryStuck(start)] if end in steps.upstream else []
    if lag is not None and lag > 1:
        yield Truncated(lag)
    yield from (StepsLost("first", only=True), StepsLost("last", only=True))
    yield from (StepsLost("first", only=False), StepsLost("last", only=False))
    yield from (StepSkipped(which, passed_on) for which in ("first", "last") for passed_on in (True, False))
    yield from list_unfinished_loops(steps)
    yield from list_carry_clippings(steps)


def list_unfinished_loops(steps: StepChain) -> Iterator[StepPattern]:
    """List loops that end early, or are cut into windows, at the steps that are wrong."""
    wrong = {b.step for b in steps.evidence.find_wrong_blocks() if b.name in steps.timed and b.step is not None}
    if not wrong:
        return
    done = steps.T - 1 - max(t for t in wrong)
    if done:
        yield from (StoppedAfter(done, to_initial) for to_initial in (True, False))
    edge = max(wrong) + 1
    yield from (CarryCut(every) for every in range(2, edge + 1) if edge % every == 0)


def list_carry_clippings(steps: StepChain) -> Iterator[StepPattern]:
    """List clippings: the limit would be the largest entry of the initial state's gradient."""
    for start in steps.states:
        found = steps.evidence.gradients.get(start)
        if found is not None and found.dtype.kind == "f" and found.any() and np.isfinite(found).all():
            yield CarryClipped(start, round_factor(float(np.abs(found).max())))
