"""How each unit is to be judged, and the steps in which this is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..cases.batches import CaseBatch, split_cases

CASES = 100
SEED = 0
EXACT_CASES = 16
Step = CaseBatch | Literal["replay", "exact", "case"]
"""The cases that failed before, a batch of numeric cases, those in exact arithmetic, or the one that the user named."""


@dataclass(frozen=True)
class Settings:
    """How each unit is to be judged: see `api.examine` and `api.prove`.

    cases, start  numeric cases, without the first `start`, a multiple of `BATCH_SIZE`
    case          the id of the one case to judge, instead of all others
    exact_cases   cases in exact arithmetic; 0 for none
    trials        how many primes, at least, each exact case is tried over
    mutants       how many faults are planted in a right backward; None for every single-edit fault
    diagnose      whether a fault is diagnosed, which takes a second
    replay        by the name of a unit, the ids of the cases at which it failed before: they are judged first
    """

    cases: int = CASES
    seed: int = SEED
    start: int = 0
    case: str | None = None
    exact_cases: int = EXACT_CASES
    trials: int = 1
    mutants: int | None = 0
    diagnose: bool = True
    replay: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        return self.exact_cases > 0

    @property
    def steps(self) -> list[Step]:
        """The steps of a unit, in the order in which their results count."""
        if self.case is not None:
            return ["case"]
        first: list[Step] = ["replay"] if self.replay else []
        steps: list[Step] = [*first, *split_cases(self.cases, self.start)]
        return [*steps, "exact"] if self.exact else steps
