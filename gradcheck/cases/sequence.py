"""The cases of a unit by number, designed ones and random ones: `CaseSequence(declaration, seed, literals)[number]`.

A case depends on its number alone, not on those before it, so any worker can judge any range of numbers.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..unit.declaration import Declaration
from .batches import BATCH_SIZE, DRAWS_PER_CASE
from .case import Case
from .designed import list_designed_cases
from .designed_exact import list_designed_exact_cases
from .fitting import fit_case_sizes
from .literals import NOTHING, Literals
from .sampling import draw_case, draw_exact_case, make_choice_source

RANDOM_EVERY = 20
"""The last of so many cases is random; once the designed ones are used up, all are."""


@dataclass(frozen=True)
class CaseSequence:
    """Numeric cases by number, and exact ones by number and options.

    The numbers are those of `batches`: a batch of 25 cases has 250 numbers.  The first 25 are judged, the others only
    in place of ill-conditioned ones.
    """

    declaration: Declaration
    seed: int = 0
    literals: Literals = NOTHING

    def __getitem__(self, number: int) -> Case:
        case = self.take(self.designed, number) or draw_case(self.declaration, self.choices(number), self.literals)
        return fit_case_sizes(self.declaration, case)

    def exact(self, number: int, options: Mapping[str, Any], turn: int = 0) -> Case:
        """Return a case for exact arithmetic with these options, which are the `turn`-th choice of options."""
        chosen = {n: v for n, v in options.items() if v != self.declaration.options[n][0]}
        case = self.take(self.designed_exact, number, turn if number else 0)
        if case is not None:
            return fit_case_sizes(self.declaration, replace(case, options=chosen))
        drawn = draw_exact_case(self.declaration, make_choice_source(self.seed + turn, number), {**options})
        return fit_case_sizes(self.declaration, drawn)

    def choices(self, number: int) -> Any:
        return make_choice_source(self.seed, number)

    def take(self, designed: list[Case], number: int, turn: int = 0) -> Case | None:
        """Return the designed case of a number, with its own random numbers; None if this number has a random case."""
        block, place = divmod(number, BATCH_SIZE * DRAWS_PER_CASE)
        slot = block * BATCH_SIZE + place
        index = slot - slot // RANDOM_EVERY
        if place >= BATCH_SIZE or slot % RANDOM_EVERY == RANDOM_EVERY - 1 or index >= len(designed):
            return None
        case = designed[(index + 2 * turn) % len(designed)]
        seed = random.Random(f"{self.seed} {number} {turn}").getrandbits(32) if number else 0
        dtypes = self.declaration.dtypes
        return replace(case, seed=seed, dtype=case.dtype if case.dtype in dtypes else dtypes[0])

    @cached_property
    def designed(self) -> list[Case]:
        return list_designed_cases(self.declaration, self.literals)

    @cached_property
    def designed_exact(self) -> list[Case]:
        return list_designed_exact_cases(self.declaration, self.literals)


def draw_case_number(declaration: Declaration, seed: int, number: int, literals: Literals = NOTHING) -> Case:
    """Return the numeric case of a number."""
    return CaseSequence(declaration, seed, literals)[number]
