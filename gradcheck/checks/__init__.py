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


class Check(NamedTuple):
    name: str
    run: Callable[[Run], CheckOutcome]


NUMERIC_CHECKS = (
    Check("shapes", shapes.check_shapes),
    Check("pure", purity.check_purity),
    Check("forward", forward.check_forward),
    Check("gradients", gradients.check_gradients),
    Check("laws", laws.check_vjp_laws),
    Check("complex step", complex_step.check_complex_step),
    Check("outside", outside.check_third_party),
)
FORWARD_CHECKS = NUMERIC_CHECKS[2:3]
EXACT_CHECKS = (Check("exact", exact.check_exact),)
CHECKS = NUMERIC_CHECKS + EXACT_CHECKS
MUTATION = "teeth"
"""The last rung, which is not climbed by a case: faults planted in the unit's backward are seen."""
CHECK_NAMES = (*(rung.name for rung in CHECKS), MUTATION)


def make_exact_checks(trials: int) -> tuple[Check, ...]:
    """The exact check with at least so many primes a case."""
    return (Check("exact", partial(exact.check_exact, trials=trials)),)
