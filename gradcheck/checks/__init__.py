"""The rungs of the ladder, in the order in which a case climbs them.

Each module has `climb(run)`, which returns what it says of a case that passes it, and raises

    Fall              the case does not pass
    NotApplicable     the rung says nothing of this case, and why
    DeclarationError  the unit does not do what it declares
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ..execution.run import Run
from . import complex_step, exact, forward, gradients, purity, shapes
from . import third_party as outside
from . import vjp_laws as laws
from .outcome import CheckOutcome


class Rung(NamedTuple):
    name: str
    climb: Callable[[Run], CheckOutcome]


NUMERIC = (
    Rung("shapes", shapes.climb),
    Rung("pure", purity.climb),
    Rung("forward", forward.climb),
    Rung("gradients", gradients.climb),
    Rung("laws", laws.climb),
    Rung("complex step", complex_step.climb),
    Rung("outside", outside.climb),
)
FORWARD = NUMERIC[2:3]
EXACT = (Rung("exact", exact.climb),)
LADDER = NUMERIC + EXACT
TEETH = "teeth"
"""The last rung, which is not climbed by a case: faults planted in the unit's backward are seen."""
RUNGS = (*(rung.name for rung in LADDER), TEETH)


def exact_checks(trials: int) -> tuple[Rung, ...]:
    """The exact check with at least so many primes a case."""
    return (Rung("exact", partial(exact.climb, trials=trials)),)
