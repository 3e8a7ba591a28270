"""Shares the random cases of a unit out in ranges, which are the same whoever judges them, and how many do."""

from dataclasses import dataclass

SIZE = 25
"""Cases of a range: few enough that workers are done together."""
DRAWS = 10
"""Addresses that may be drawn for each case: ill-conditioned ones are drawn again."""


@dataclass(frozen=True)
class Range:
    """So many random cases, those of the numbers from `first` on that can be judged."""

    cases: int
    first: int = 0

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + DRAWS * self.cases)


def ranges(cases: int, start: int = 0) -> list[Range]:
    """The ranges that make up `cases` cases, without the first `start`, a multiple of SIZE.

    Those of fewer cases are the first ones of more.
    """
    return [Range(min(SIZE, cases - k), DRAWS * k) for k in range(start, cases, SIZE)]
