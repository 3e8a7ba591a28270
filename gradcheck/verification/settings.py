"""What is asked of every unit, and the steps in which its cases are judged."""

from dataclasses import dataclass
from typing import Literal

from ..cases.batches import CaseBatch, split_cases

CASES = 100
SEED = 0
EXACT_CASES = 16
Step = CaseBatch | Literal["exact", "case"]
"""Some of the random cases of a unit, its cases in exact arithmetic, or the one case that is asked for."""


@dataclass(frozen=True)
class Settings:
    """What is asked of every unit: see `api.examine` and `api.prove`.

    cases, start  random cases, without the first `start`, a multiple of `batches.SIZE`
    case          the address of the one case to judge
    exact_cases   in exact arithmetic; 0 for none
    trials        primes that each of those is judged over, at least
    mutants       faults that are planted in a right backward; None for every single-edit fault
    diagnose      find out where a fault lies and what it looks like, which takes a second
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
        """The steps of a unit, in the order in which they count."""
        if self.case is not None:
            return ["case"]
        steps: list[Step] = [*split_cases(self.cases, self.start)]
        return [*steps, "exact"] if self.exact else steps
