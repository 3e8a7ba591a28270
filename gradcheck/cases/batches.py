"""Shares the random cases of a unit out in ranges, which are the same whoever judges them, and how many do."""

from dataclasses import dataclass

BATCH_SIZE = 25
"""Cases of a range: few enough that workers are done together."""
DRAWS_PER_CASE = 10
"""Addresses that may be drawn for each case: ill-conditioned ones are drawn again."""


@dataclass(frozen=True)
class CaseBatch:
    """So many random cases, those of the numbers from `first` on that can be judged."""

    cases: int
    first: int = 0

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + DRAWS_PER_CASE * self.cases)


def split_cases(cases: int, start: int = 0) -> list[CaseBatch]:
    """The ranges that make up `cases` cases, without the first `start`, a multiple of SIZE.

    Those of fewer cases are the first ones of more.
    """
    return [CaseBatch(min(BATCH_SIZE, cases - k), DRAWS_PER_CASE * k) for k in range(start, cases, BATCH_SIZE)]
