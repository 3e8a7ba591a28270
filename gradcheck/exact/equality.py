"""Are two forward maps the same function?"""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from .adjoint import Decision, drawn_again, log2_bound
from .decimals import DIGITS, Digits
from .errors import Unsupported
from .field import Field
from .probe import Arrays, Probe, Unit, naming_the_line, parts


def same(f: Unit, g: Unit, inputs: Arrays, seed: int = 0) -> Decision:
    """`equal`, `different` or `undecided`: every output and every tangent of f and g at one random point of the field.

    f, g: functions of the same inputs that return a NamedTuple of outputs, or that and a backward pass.
    inputs: sizes, integers and the branches. A difference stands where decimals show it at these numbers as well.
    """

    def attempt(carrier: Field, inputs: Arrays) -> Decision:
        pairs = evaluated(f, g, inputs, carrier)
        degree = max([max(e.degree, e.slope) for pair in pairs for e in pair], default=0)
        used = tuple(sorted(carrier.used))
        if any(a.value != b.value or a.tangent != b.tangent for a, b in pairs):
            return _confirmed(f, g, inputs, carrier.p, used)
        bound = log2_bound(carrier, degree)
        return Decision("equal", "", carrier.p, degree, bound, used, carrier.path, carrier.branches)

    return drawn_again(attempt, inputs, seed)


def evaluated(f: Unit, g: Unit, inputs: Arrays, carrier: Any) -> list[tuple[Any, Any]]:
    """The outputs of both at the same point, entry by entry."""
    point: Mapping[str, Any] = Probe(f, inputs, carrier).inputs
    pairs: list[tuple[Any, Any]] = []
    left, right = outputs_of(f, point), outputs_of(g, point)
    if left.keys() != right.keys():
        raise Unsupported(f"outputs are {', '.join(left)} on one side and {', '.join(right)} on the other")
    for name in left:
        a, b = parts(left[name], carrier), parts(right[name], carrier)
        if len(a) != len(b):
            raise Unsupported(f"{name} has another size on either side")
        pairs += zip(a, b, strict=True)
    return pairs


def outputs_of(unit: Unit, point: Mapping[str, Any]) -> dict[str, Any]:
    with naming_the_line():
        result = unit(**point)
    outputs = result if hasattr(result, "_asdict") else result[0]
    return dict(outputs._asdict())


def _confirmed(f: Unit, g: Unit, inputs: Arrays, prime: int, used: tuple[str, ...]) -> Decision:
    try:
        with localcontext(prec=DIGITS):
            pairs = [(a.value, b.value) for a, b in evaluated(f, g, inputs, Digits(0))]
            scale = max([abs(a) + abs(b) for a, b in pairs], default=Decimal(0))
            alike = all(abs(a - b) <= scale * Decimal(10) ** (20 - DIGITS) for a, b in pairs)
    except (ArithmeticError, Unsupported) as error:
        return Decision("undecided", f"the field says different, and decimals cannot tell: {error}", prime, used=used)
    if alike:
        functions = ", ".join(used) or "numbers"
        reason = f"alike to {DIGITS - 20} digits at the case's numbers, by a law of {functions} unknown to the field"
        return Decision("undecided", reason, prime, used=used)
    return Decision("different", "", prime, used=used)
