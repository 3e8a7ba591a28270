"""Are two forward maps the same function?"""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from .adjoint import Decision, compute_log2_bound, describe_narrow, retry_draws
from .decimals import DECIMAL_DIGITS, DecimalField
from .errors import Unsupported
from .field import Field
from .probe import ExactProbe, ExactUnit, InputArrays, list_real_parts, locate_unsupported


def decide_equality(f: ExactUnit, g: ExactUnit, inputs: InputArrays, seed: int = 0) -> Decision:
    """Decide whether f and g are the same function, by all outputs and tangents at one random point of the field.

    f       a function of the inputs by name that returns a NamedTuple of outputs, or (outputs, backward)
    g       another function of the same inputs
    inputs  arrays by name: they give the shapes, the integers and the branches

    A difference counts only if decimals show it at these numbers as well.
    """

    def attempt(carrier: Field, inputs: InputArrays) -> Decision:
        pairs = evaluate_both(f, g, inputs, carrier)
        degree = max([max(e.degree, e.slope) for pair in pairs for e in pair], default=0)
        used = tuple(sorted(carrier.used))
        if any(a.value != b.value or a.tangent != b.tangent for a, b in pairs):
            return _confirm_inequality(f, g, inputs, carrier.p, used)
        if carrier.narrow:
            return Decision("undecided", describe_narrow(carrier.narrow), carrier.p, used=used)
        bound = compute_log2_bound(carrier, degree)
        return Decision("equal", "", carrier.p, degree, bound, used, carrier.path, carrier.branches)

    return retry_draws(attempt, inputs, seed)


def evaluate_both(f: ExactUnit, g: ExactUnit, inputs: InputArrays, carrier: Any) -> list[tuple[Any, Any]]:
    """Return the outputs of both at the same point, entry by entry.  Raises Unsupported if they differ in size."""
    point: Mapping[str, Any] = ExactProbe(f, inputs, carrier).inputs
    pairs: list[tuple[Any, Any]] = []
    left, right = call_for_outputs(f, point), call_for_outputs(g, point)
    if left.keys() != right.keys():
        raise Unsupported(f"outputs are {', '.join(left)} on one side and {', '.join(right)} on the other")
    for name in left:
        a, b = list_real_parts(left[name], carrier), list_real_parts(right[name], carrier)
        if len(a) != len(b):
            raise Unsupported(f"{name} has another size on either side")
        pairs += zip(a, b, strict=True)
    return pairs


def call_for_outputs(unit: ExactUnit, point: Mapping[str, Any]) -> dict[str, Any]:
    with locate_unsupported():
        result = unit(**point)
    outputs = result if hasattr(result, "_asdict") else result[0]
    return dict(outputs._asdict())


def _confirm_inequality(f: ExactUnit, g: ExactUnit, inputs: InputArrays, prime: int, used: tuple[str, ...]) -> Decision:
    try:
        with localcontext(prec=DECIMAL_DIGITS):
            pairs = [(a.value, b.value) for a, b in evaluate_both(f, g, inputs, DecimalField(0))]
            scale = max([abs(a) + abs(b) for a, b in pairs], default=Decimal(0))
            alike = all(abs(a - b) <= scale * Decimal(10) ** (20 - DECIMAL_DIGITS) for a, b in pairs)
    except (ArithmeticError, Unsupported) as error:
        reason = f"the finite field says different, and decimals cannot decide: {error}"
        return Decision("undecided", reason, prime, used=used)
    if alike:
        functions = ", ".join(used) or "numbers"
        unknown = f"by a law of {functions} that the finite field does not know"
        reason = f"equal to {DECIMAL_DIGITS - 20} digits at the case's numbers, {unknown}"
        return Decision("undecided", reason, prime, used=used)
    return Decision("different", "", prime, used=used)
