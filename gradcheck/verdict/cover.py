"""At which sizes a unit passed: what a verdict covers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SizeRanges = dict[str, tuple[int, int]]
"""By letter, the smallest and the largest size."""


@dataclass
class Cover:
    """The sizes of the cases that passed, numerically and in exact arithmetic; `+` adds up other cases."""

    numeric: SizeRanges = field(default_factory=dict)
    exact: SizeRanges = field(default_factory=dict)

    def note(self, sizes: Mapping[str, int], *, exact: bool) -> None:
        """Add the sizes of one case."""
        widen(self.exact if exact else self.numeric, {letter: (size, size) for letter, size in sizes.items()})

    def __add__(self, other: "Cover") -> "Cover":
        whole = Cover()
        for some in (self, other):
            widen(whole.numeric, some.numeric)
            widen(whole.exact, some.exact)
        return whole

    def __str__(self) -> str:
        """For example: T 0 to 257, B 0 to 65; in exact arithmetic T 1 to 9, B 1 to 9."""
        exact = f"in exact arithmetic {format_ranges(self.exact)}" if self.exact else ""
        return "; ".join(text for text in (format_ranges(self.numeric), exact) if text)

    @property
    def largest(self) -> str:
        """The largest T, if there is one, and the largest of the other sizes: T 257, 65."""
        ranges = self.numeric or self.exact
        steps = [f"T {high}" for letter, (_, high) in ranges.items() if letter == "T"]
        others = sorted(high for letter, (_, high) in ranges.items() if letter != "T")
        return ", ".join([*steps, *map(str, others[-1:])]) or "-"


def widen(ranges: SizeRanges, more: Mapping[str, tuple[int, int]]) -> None:
    for letter, (low, high) in more.items():
        known = ranges.get(letter, (low, high))
        ranges[letter] = min(low, known[0]), max(high, known[1])


def format_ranges(ranges: SizeRanges) -> str:
    return ", ".join(
        f"{letter} {low} to {high}" if low < high else f"{letter} {low}"
        for letter, (low, high) in sorted(ranges.items())
    )
