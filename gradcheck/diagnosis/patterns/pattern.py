"""What a pattern of a fault is: a record that predicts wrong gradients, and says in words what the fault is."""

from abc import ABC, abstractmethod

from ...cases.arrays import Arrays
from ..evidence import Evidence


class Pattern(ABC):
    """A fault that is known by name; each subclass is a frozen dataclass, equal at every case that has the same fault.

    Its sentence is written by `__str__`, and nowhere else.
    """

    @abstractmethod
    def __str__(self) -> str: ...


class GradientPattern(Pattern):
    """A fault that is seen in the gradients of one case."""

    @abstractmethod
    def predict(self, e: Evidence) -> Arrays:
        """The gradients that a backward with this fault gives; nan, or no entry, where it says nothing."""


def round_factor(value: float) -> float:
    """A number that is measured at several cases: the same at all of them, and near enough to match to rounding."""
    return float(f"{value:.11g}")
