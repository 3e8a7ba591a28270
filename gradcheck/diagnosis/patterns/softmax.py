"""Softmaxes whose derivative is taken for something simpler, wherever they stand in the reference."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from ...cases.arrays import Arrays
from ..evidence import Evidence
from .pattern import GradientPattern

SoftmaxFault = Literal["diagonal", "no sum"]
SOFTMAX_TEXTS: dict[SoftmaxFault, str] = {
    "diagonal": "the derivative of the softmax is its diagonal alone, p (1 - p): what a score does to the other "
    "weights is missing",
    "no sum": "the sum over the row is missing in the derivative of the softmax",
}
BACKWARD_OPERATIONS = ("_softmax_backward_data", "_log_softmax_backward_data")


@dataclass(frozen=True)
class SoftmaxSimplified(GradientPattern):
    """diagonal: d(score) = p (1 - p) dp; no sum: p dp; where p (dp - sum of p dp) is due."""

    fault: SoftmaxFault

    def __str__(self) -> str:
        return SOFTMAX_TEXTS[self.fault]

    def predict(self, e: Evidence) -> Arrays:
        with simplify_softmax(self.fault):
            return e.compute_expected(e.upstream)


def list_softmax_faults(e: Evidence) -> Iterator[GradientPattern]:
    """None where the reference calls no softmax of PyTorch."""
    with simplify_softmax(None) as seen:
        e.compute_expected(e.upstream)
    if seen:
        yield from (SoftmaxSimplified(fault) for fault in SOFTMAX_TEXTS)


@contextmanager
def simplify_softmax(fault: SoftmaxFault | None) -> Iterator[list[str]]:
    """Replace the derivative of every softmax that PyTorch differentiates; yields the names of those that it meets."""
    from torch.utils._python_dispatch import TorchDispatchMode

    seen: list[str] = []

    class Simplified(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = func._schema.name.split("::")[1]
            if name not in BACKWARD_OPERATIONS:
                return func(*args, **(kwargs or {}))
            seen.append(name)
            if fault is None:
                return func(*args, **(kwargs or {}))
            upstream, output = args[:2]
            p = output if name == BACKWARD_OPERATIONS[0] else output.exp()
            # A softmax is differentiated by its scores to p (dp - sum p dp), its logarithm to dp - p sum dp.
            kept = 1 - p if fault == "diagonal" else 1
            return upstream * kept * (p if name == BACKWARD_OPERATIONS[0] else 1)

    with Simplified():  # type: ignore[no-untyped-call]
        yield seen
