"""The checks, one module each, and the order in which a case goes through them."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ..execution.run import Run
from . import complex_step, exact, forward, gradients, purity, shapes, third_party
from . import vjp_laws as laws
from .outcome import CheckOutcome


class Check(NamedTuple):
    name: str
    run: Callable[[Run], CheckOutcome]


NUMERIC_CHECKS = (
    Check("shapes", shapes.check_shapes),
    Check("purity", purity.check_purity),
    Check("forward", forward.check_forward),
    Check("gradients", gradients.check_gradients),
    Check("vjp laws", laws.check_vjp_laws),
    Check("complex step", complex_step.check_complex_step),
    Check("third party", third_party.check_third_party),
)
FORWARD_CHECKS = NUMERIC_CHECKS[2:3]
EXACT_CHECKS = (Check("exact", exact.check_exact),)
CHECKS = NUMERIC_CHECKS + EXACT_CHECKS
MUTATION = "mutation"
"""The last check, made once for a unit, not for each case: are faults noticed that are planted in its backward?"""
CHECK_NAMES = (*(check.name for check in CHECKS), MUTATION)


def make_exact_checks(trials: int) -> tuple[Check, ...]:
    """Make the exact check with at least `trials` primes for each case."""
    return (Check("exact", partial(exact.check_exact, trials=trials)),)
