"""The base of all patterns: a pattern predicts wrong gradients, and says in words what the fault is."""

from abc import ABC, abstractmethod

from ...cases.arrays import Arrays
from ..evidence import Evidence


class Pattern(ABC):
    """A kind of fault.  Each subclass is a frozen dataclass; instances are equal at all cases that show the same fault.

    `__str__` says in words what the fault is.
    """

    @abstractmethod
    def __str__(self) -> str: ...


class GradientPattern(Pattern):
    """A fault of which one case predicts the gradients."""

    @abstractmethod
    def predict(self, e: Evidence) -> Arrays:
        """Predict the gradients of a backward with this fault; NaN, or no entry, where there is no prediction."""


def round_factor(value: float) -> float:
    """Round a factor so that it is equal at all cases it is measured at, and still matches up to rounding."""
    return float(f"{value:.11g}")
