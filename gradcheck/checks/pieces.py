"""The calls that a law makes of a unit, each as a case of its own with the outputs and gradients of that call.

Backwards of zeros are left out: they have a law of their own.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..cases.arrays import Arrays, CaseArrays, draw_normal
from ..errors import DeclarationError
from ..execution.run import Run, UnitRaised
from ..judges.oracle import Upstream
from .failure import CheckFailed
from .reference_laws import read_sizes

Law = Callable[[Run], float]


def record_pieces(run: Run, law: Law) -> tuple[list[Run], bool]:
    """Apply a law to the case again, from the first call on; return its calls, and whether the law is broken again.

    The case itself is one of the calls; its results are not computed again.
    """
    twin = Run(run.subject, run.case, CaseArrays(run.inputs, run.options, dict(run.upstream)), run.oracle)
    recorder = CallRecorder(twin)
    twin.forward = recorder.forward  # type: ignore[method-assign]
    twin.gradients  # noqa: B018  (the call that the law compares with)
    broken = False
    try:
        law(twin)
    except (CheckFailed, UnitRaised, DeclarationError):
        broken = True
    whole, *pieces = recorder.make_runs()
    whole.oracle, whole.results = run.oracle, run.results
    return [whole, *pieces], broken


class CallRecorder:
    """Wraps `Run.forward`, and records what goes in and comes out."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.original = run.forward
        self.calls: list[tuple[Mapping[str, Any], Arrays, Callable[[Upstream], Arrays]]] = []
        self.pulls: list[tuple[int, Upstream, Arrays]] = []

    def forward(self, inputs: Mapping[str, Any] | None = None) -> tuple[Arrays, Callable[[Upstream], Arrays]]:
        outputs, backward = self.original(inputs)
        number = len(self.calls)
        self.calls.append((self.run.inputs if inputs is None else inputs, outputs, backward))

        def pull_back(upstream: Upstream) -> Arrays:
            gradients = backward(upstream)
            self.pulls.append((number, dict(upstream), {n: g.copy() for n, g in gradients.items()}))
            return gradients

        return outputs, pull_back

    def make_runs(self) -> list[Run]:
        """Make a run of each forward with a backward, the case first; a forward without a backward gets one."""
        pulled = {number for number, _, _ in self.pulls}
        for number, (_, outputs, backward) in enumerate(self.calls):
            if number not in pulled:
                upstream = self.draw_upstream(outputs)
                self.pulls.append((number, upstream, backward(upstream)))
        case, *others = self.pulls
        others = [pull for pull in others if any(u is not None and u.any() for u in pull[1].values())]
        return [self.make_run(*pull) for pull in (case, *others)]

    def draw_upstream(self, outputs: Arrays) -> Upstream:
        case, given = self.run.case, self.run.upstream
        return {
            n: None if given.get(n) is None else draw_normal(case, f"piece.{n}", y.shape).astype(y.dtype)
            for n, y in outputs.items()
        }

    def make_run(self, number: int, upstream: Upstream, gradients: Arrays) -> Run:
        inputs, outputs, backward = self.calls[number]
        case = replace(self.run.case, sizes=read_sizes(self.run, inputs), layout="contiguous")
        piece = Run(self.run.subject, case, CaseArrays(dict(inputs), self.run.options, dict(upstream)))
        piece.first_call = outputs, backward
        piece.gradients = {n: gradients[n] for n in piece.differentiable}
        return piece
