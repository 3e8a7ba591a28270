"""Divides the cases of a unit into batches, which do not depend on how many workers judge them."""

from dataclasses import dataclass

BATCH_SIZE = 25
"""Cases of a batch: few enough that all workers end at about the same time."""
DRAWS_PER_CASE = 10
"""Case numbers that belong to each case: if a case is ill-conditioned, the next number takes its place."""


@dataclass(frozen=True)
class CaseBatch:
    """So many cases: the first with numbers from `first` on that can be judged."""

    cases: int
    first: int = 0

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + DRAWS_PER_CASE * self.cases)


def split_cases(cases: int, start: int = 0) -> list[CaseBatch]:
    """List the batches of `cases` cases, without the first `start` cases, a multiple of BATCH_SIZE.

    The batches of fewer cases are the first of those of more, so more cases always include the same ones.
    """
    return [CaseBatch(min(BATCH_SIZE, cases - k), DRAWS_PER_CASE * k) for k in range(start, cases, BATCH_SIZE)]
