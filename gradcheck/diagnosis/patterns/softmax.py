"""A simplified derivative of the softmax, for each softmax that the reference calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from ...cases.arrays import Arrays
from ...judges.autograd import replace_operations
from ..evidence import Evidence
from .pattern import GradientPattern

SoftmaxFault = Literal["diagonal", "no sum"]
SOFTMAX_TEXTS: dict[SoftmaxFault, str] = {
    "diagonal": "the derivative of the softmax is its diagonal alone, p (1 - p): what a score does to the other "
    "weights is missing",
    "no sum": "the sum over the row is missing in the derivative of the softmax",
}
SOFTMAX, LOG_SOFTMAX = "_softmax_backward_data", "_log_softmax_backward_data"
"""The operations with which PyTorch differentiates softmax and log_softmax, given the upstream gradient and y."""


@dataclass(frozen=True)
class SoftmaxSimplified(GradientPattern):
    """The derivative p (dp - sum of p dp) is replaced: `diagonal` has p (1 - p) dp, `no sum` has p dp."""

    fault: SoftmaxFault

    def __str__(self) -> str:
        return SOFTMAX_TEXTS[self.fault]

    def predict(self, e: Evidence) -> Arrays:
        simpler = {SOFTMAX: partial(pull_back, self.fault), LOG_SOFTMAX: partial(pull_back_log, self.fault)}
        with replace_operations(simpler):
            return e.compute_expected(e.upstream)


def pull_back(fault: SoftmaxFault, upstream: Any, p: Any, *_: Any) -> Any:
    return upstream * p * (1 - p if fault == "diagonal" else 1)


def pull_back_log(fault: SoftmaxFault, upstream: Any, log_p: Any, *_: Any) -> Any:
    """Pull back through log_softmax, whose right derivative is dy - p (sum of dy)."""
    return upstream * (1 - log_p.exp() if fault == "diagonal" else 1)


def list_softmax_faults(e: Evidence) -> Iterator[GradientPattern]:
    """List both simplifications, if the reference calls a softmax of PyTorch."""
    with replace_operations({}) as met:
        e.compute_expected(e.upstream)
    if {SOFTMAX, LOG_SOFTMAX} & met:
        yield from (SoftmaxSimplified(fault) for fault in SOFTMAX_TEXTS)
