"""Is the backward of a unit the adjoint of its forward?  Decides <u, J v> = <J^T u, v> exactly, at one random point.

u is an upstream gradient, v a direction in the inputs, J the Jacobian of the outputs by the inputs.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .decimals import DECIMAL_DIGITS, DecimalField
from .errors import Tie, UnluckyDraw, Unsupported
from .field import Field
from .primes import CHANCE_OF_BAD_PRIME, draw_prime
from .probe import ExactProbe, ExactUnit, InputArrays, UpstreamNames

MAX_DRAWS = 16
SMALLEST_DEFECT = Decimal("1e-24")
"""Of its size: what no float sees is not called different."""
SHARE_OF_OUTPUTS = Decimal("1e-12")
"""Of the size of the outputs, or of 1: what terms that are zero by algebra are measured by."""


@dataclass(frozen=True)
class Decision:
    """What one trial decides.

    verdict     equal: a wrong backward gets this verdict with probability at most 2^log2_bound; different: the backward
                is wrong; undecided: `reason` says why
    prime       the field is GF(prime)
    degree      of the polynomial that would be zero by chance
    used        the elementary functions that ran
    path        a fingerprint of all branches taken; `branches` counts them by file and line
    ran         False if the code raised on exact numbers
    """

    verdict: Literal["equal", "different", "undecided"]
    reason: str = ""
    prime: int = 0
    degree: int = 0
    log2_bound: float = 0.0
    used: tuple[str, ...] = ()
    path: int = 0
    branches: Mapping[str, list[int]] = field(default_factory=dict)
    ran: bool = True


def compute_log2_bound(carrier: Field, degree: int) -> float:
    """Return log2 of the probability that a non-zero element of this degree, or an assumed difference, is 0 by luck."""
    bad, room = (degree + carrier.collisions) * carrier.clearing, carrier.p - 1 - carrier.clearing
    return math.log2(bad) - math.log2(room) if 0 < bad < room else 0.0


def run_trial(unit: ExactUnit, inputs: InputArrays, carrier: Field, given: UpstreamNames = None) -> Decision:
    """Evaluate both sides of the identity once, over `carrier`.  Raises UnluckyDraw, Tie or Unsupported."""
    probe = ExactProbe(unit, inputs, carrier, given)
    outputs, backward = probe.forward()
    upstream = probe.upstream(outputs)  # drawn after the forward pass, which has not seen it
    gradients = probe.pull_back(outputs, backward, upstream)
    left = probe.pairing(upstream, outputs._asdict(), probe.list_upstream_names(outputs))
    right = probe.pairing(gradients, probe.inputs, probe.variables)
    defect = sum(u.value * y.tangent for u, y in left) - sum(g.value * x.tangent for g, x in right)
    degree = 1 + max([y.slope for _, y in left] + [g.degree for g, _ in right], default=0)
    return Decision(
        verdict="different" if defect % carrier.p else "equal",
        prime=carrier.p,
        degree=degree,
        log2_bound=compute_log2_bound(carrier, degree),
        used=tuple(sorted(carrier.used)),
        path=carrier.path,
        branches=carrier.branches,
    )


def decide_adjoint(
    unit: ExactUnit, inputs: InputArrays, given: UpstreamNames = None, seed: int = 0, prime: int | None = None
) -> Decision:
    """Decide by one trial, over a random prime or the one given, whether the backward is the adjoint of the forward.

    The trial is repeated with another prime if a divisor vanishes.  A difference is confirmed at the real numbers of
    the case, in decimals, before it is called one.

    unit    a function of the inputs by name that returns (outputs, backward)
    inputs  arrays by name; floats decide the branches only, integers and booleans are used as they are
    given   the names of the outputs that receive an upstream gradient; all by default

    Raises ValueError if backward leaves out a gradient or returns one of the wrong shape.
    """

    def attempt(carrier: Field, inputs: InputArrays) -> Decision:
        decision = run_trial(unit, inputs, carrier, given)
        if decision.verdict == "different":
            return confirm_difference(decision, unit, inputs, given, carrier)
        if carrier.narrow:
            return _make_undecided(decision, describe_narrow(carrier.narrow))
        bound = math.log2(2**decision.log2_bound + (0 if prime else CHANCE_OF_BAD_PRIME))
        return replace(decision, log2_bound=min(0.0, bound))

    return retry_draws(attempt, inputs, seed, prime)


def retry_draws(
    attempt: Callable[[Field, InputArrays], Decision], inputs: InputArrays, seed: int, prime: int | None = None
) -> Decision:
    """Repeat an attempt until it decides: with another field if a divisor vanishes, at moved inputs if numbers tie."""
    source, reason = random.Random(seed), ""
    for _ in range(MAX_DRAWS):
        try:
            return attempt(Field(prime or draw_prime(source), source.getrandbits(64)), inputs)
        except UnluckyDraw as unlucky:
            reason = str(unlucky)
        except Tie as tie:
            inputs, reason = nudge_inputs(inputs), str(tie)
        except Unsupported as error:
            return Decision("undecided", str(error), ran=False)
    return Decision("undecided", f"{reason}, in each of {MAX_DRAWS} draws")


def nudge_inputs(inputs: InputArrays) -> dict[str, NDArray[Any]]:
    """Move float inputs by about 1e-3, away from a kink; always the same way, so that all trials branch alike."""
    rng = np.random.default_rng(0)
    return {
        n: a + 1e-3 * rng.standard_normal(np.shape(a)) if np.asarray(a).dtype.kind in "fc" else a
        for n, a in inputs.items()
    }


def confirm_difference(
    decision: Decision, unit: ExactUnit, inputs: InputArrays, given: UpstreamNames, carrier: Field
) -> Decision:
    """Keep the verdict `different` if decimals show the difference too; else the field only knows too few laws."""
    try:
        size = measure_relative_defect(unit, inputs, given)
    except (ArithmeticError, Unsupported) as error:
        return _make_undecided(decision, f"the finite field says different, and decimals cannot decide: {error}")
    if size < Decimal(10) ** (20 - DECIMAL_DIGITS):
        digits, functions = -size.adjusted() if size else DECIMAL_DIGITS, ", ".join(decision.used) or "numbers"
        unknown = f"by a law of {functions} that the finite field does not know"
        reason = f"holds to {digits} digits at the case's real numbers, {unknown}"
        return _make_undecided(decision, reason)
    if size < SMALLEST_DEFECT:
        reason = f"off by {size:.1e} of its size, as a forward that iterates until its result settles is"
        return _make_undecided(decision, reason)
    if size < Decimal("1e-12") and carrier.rounded:
        constants = ", ".join(sorted(map(repr, carrier.rounded))[:3])
        reason = f"off by {size:.1e} of its size, which a rounded constant would explain ({constants})"
        return _make_undecided(decision, reason)
    return decision


def describe_narrow(narrow: Mapping[str, str]) -> str:
    casts = ", ".join(f"{dtype} at {place}" for place, dtype in sorted(narrow.items()))
    return f"{casts}: the unit rounds inside, which exact numbers do not show"


def _make_undecided(decision: Decision, reason: str) -> Decision:
    return Decision("undecided", reason, decision.prime, used=decision.used, path=decision.path)


def measure_relative_defect(
    unit: ExactUnit, inputs: InputArrays, given: UpstreamNames = None, seed: int = 0
) -> Decimal:
    """Return |<u, J v> - <J^T u, v>| over the sum of its terms' sizes, in sixty digits at the numbers of the case.

    Terms that are all zero by algebra, as the derivative of x / sqrt(x^2) is, still have the rounding of the last
    digit: a small part of the outputs counts as their size too.
    """
    with localcontext(prec=DECIMAL_DIGITS):
        probe = ExactProbe(unit, inputs, DecimalField(seed), given)
        outputs, backward = probe.forward()
        upstream = probe.upstream(outputs)
        gradients = probe.pull_back(outputs, backward, upstream)
        left = probe.pairing(upstream, outputs._asdict(), probe.list_upstream_names(outputs))
        terms = [u.value * y.tangent for u, y in left]
        terms += [-g.value * x.tangent for g, x in probe.pairing(gradients, probe.inputs, probe.variables)]
        size = sum(map(abs, terms), Decimal(0)) + SHARE_OF_OUTPUTS * sum(
            (abs(u.value) * max(abs(y.value), Decimal(1)) for u, y in left), Decimal(0)
        )
        return abs(sum(terms, Decimal(0))) / size if size else Decimal(0)
