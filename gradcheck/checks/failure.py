"""The failure of a check as data, and the format of its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..judges.comparison import ComparedEntry, TensorComparison

Verdict = Literal["proved", "agrees", "imprecise", "wrong", "judges split", "bad declaration", "not judged"]


@dataclass(frozen=True)
class Failure:
    """The failure of a check at one case.

    headline      the first line of the message, after the unit's name
    details       the lines below it, as (label, text)
    comparisons   one for each tensor that was compared
    opinions      the value of the worst entry according to each judge
    ratio         the error of that entry over its tolerance; infinite if the failure is not numeric
    """

    check: str
    verdict: Verdict
    headline: str
    details: tuple[tuple[str, str], ...] = ()
    comparisons: "tuple[TensorComparison, ...]" = ()
    opinions: dict[str, float] = field(default_factory=dict)
    ratio: float = float("inf")

    @property
    def lines(self) -> dict[str, str]:
        """The details by label."""
        return dict(self.details)


class CheckFailed(Exception):
    """A case fails a check."""

    def __init__(self, finding: Failure) -> None:
        super().__init__(finding)
        self.failure = finding

    def __str__(self) -> str:
        return self.failure.headline


def format_entry(name: str, entry: "ComparedEntry") -> str:
    return f"{name}[{','.join(map(str, entry.index))}]" if entry.index else name


def format_error_ratio(ratio: float) -> str:
    """Format error over tolerance: `812 x`."""
    if ratio == float("inf"):
        return "inf x"
    return f"{ratio:.3g} x" if ratio < 100 else f"{ratio:.0f} x" if ratio < 1e6 else f"{ratio:.1e} x"


def format_opinions(opinions: Mapping[str, complex]) -> str:
    """Format the value according to each judge, with enough digits for the first two to differ."""
    first, second = [*opinions.values()][:2]
    digits = next((d for d in range(5, 16) if f"{first:.{d}e}" != f"{second:.{d}e}"), 16)
    return ", ".join(f"{who} {value:+.{digits}e}" for who, value in opinions.items())


def format_worst_entries(comparison: "TensorComparison") -> str:
    """Format the worst entries of a tensor, and how many are above tolerance."""
    shown = [e for e in comparison.worst if e.ratio > 1]
    entries = "   ".join(f"[{','.join(map(str, e.index))}] {format_error_ratio(e.ratio)}" for e in shown)
    return f"{entries}      {comparison.count_above} of {comparison.entry_count} entries above tolerance"


def format_other_tensors(comparisons: "Sequence[TensorComparison]", prefix: str = "") -> str:
    """List the other tensors that are above tolerance, then those that are right."""
    above = ", ".join(f"{prefix}{c.name} {format_error_ratio(c.ratio)}" for c in comparisons if c.ratio > 1)
    right = ", ".join(f"{prefix}{c.name}" for c in comparisons if c.ratio <= 1)
    said = (f"{above} above tolerance" if above else "", f"right at this case: {right}" if right else "")
    return "; ".join(filter(None, said))
