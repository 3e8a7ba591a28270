"""How each unit is to be judged, and the steps in which this is done."""

from dataclasses import dataclass
from typing import Literal

from ..cases.batches import CaseBatch, split_cases

CASES = 100
SEED = 0
EXACT_CASES = 16
Step = CaseBatch | Literal["exact", "case"]
"""A batch of numeric cases, the cases in exact arithmetic, or the one case that the user named."""


@dataclass(frozen=True)
class Settings:
    """How each unit is to be judged: see `api.examine` and `api.prove`.

    cases, start  numeric cases, without the first `start`, a multiple of `BATCH_SIZE`
    case          the id of the one case to judge, instead of all others
    exact_cases   cases in exact arithmetic; 0 for none
    trials        how many primes, at least, each exact case is tried over
    mutants       how many faults are planted in a right backward; None for every single-edit fault
    diagnose      whether a fault is diagnosed, which takes a second
    """

    cases: int = CASES
    seed: int = SEED
    start: int = 0
    case: str | None = None
    exact_cases: int = EXACT_CASES
    trials: int = 1
    mutants: int | None = 0
    diagnose: bool = True

    @property
    def exact(self) -> bool:
        return self.exact_cases > 0

    @property
    def steps(self) -> list[Step]:
        """The steps of a unit, in the order in which their results count."""
        if self.case is not None:
            return ["case"]
        steps: list[Step] = [*split_cases(self.cases, self.start)]
        return [*steps, "exact"] if self.exact else steps
