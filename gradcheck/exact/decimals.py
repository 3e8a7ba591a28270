"""Dual numbers of sixty-digit decimals, at the real numbers of the case: the second opinion on "different".

The field knows few laws of the exponential, so an identity may fail in it and hold for the real functions. Here the
functions are the real ones, and the rules of differentiation are the same expressions as in the field.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

from . import rules
from .complex import ExactComplex
from .element import Element
from .errors import require_finite

DECIMAL_DIGITS = 60


class DecimalField:
    """Carrier of decimal dual numbers.  Use it within decimal.localcontext(prec=DECIMAL_DIGITS)."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.constants: dict[Any, DecimalDual] = {}
        self.rounded: set[Any] = set()
        """Constants that Python may have rounded: those of more than 24 bits."""
        self.narrow: dict[str, str] = {}
        """Casts to less than double precision: where, and to what.  No exact number changes by them."""
        self.detached = False
        """Whether the forward stops a derivative on purpose."""
        self.tied = False
        """Whether two numbers were compared that are equal and move apart: the derivative is a convention there."""

    def constant(self, c: Any) -> DecimalDual:
        c = c.item() if hasattr(c, "item") else c
        require_finite(c)
        numerator, denominator = (c, 1) if isinstance(c, int) else c.as_integer_ratio()
        if denominator != 1 and abs(numerator) >> 24:
            self.rounded.add(c)
        return DecimalDual(self, Decimal(int(numerator)) / Decimal(int(denominator)), Decimal(0))

    def complex(self, z: complex) -> ExactComplex:
        return ExactComplex(self.constant(z.real), self.constant(z.imag))

    def variable(self, approx: float, tangent: bool = True) -> DecimalDual:
        draw = Decimal(self.random.uniform(-1, 1))
        return DecimalDual(self, Decimal(float(approx)), draw if tangent else None)

    def upstream(self) -> DecimalDual:
        return self.variable(self.random.uniform(-1, 1), tangent=False)

    def prepare(self, divisors: list[Any]) -> None:
        pass

    def round(self, value: Decimal) -> Decimal:
        """The result of an operation, as it is: the context of decimal has rounded it."""
        return value

    def order(self, a: DecimalDual, b: DecimalDual) -> int:
        difference = a.value - b.value
        tiny = Decimal(10) ** (10 - DECIMAL_DIGITS) * max(abs(a.value), abs(b.value))
        if abs(difference) <= tiny:
            self.tied |= a.tangent != b.tangent
            return 0
        return 1 if difference > 0 else -1


class DisturbedField(DecimalField):
    """Every operation is off by a random part of `DISTURBANCE`, as if it rounded there."""

    DIGITS, DISTURBANCE = 200, Decimal("1e-120")

    def round(self, value: Decimal) -> Decimal:
        return value + value * self.DISTURBANCE * Decimal(self.random.uniform(-1, 1))


class DecimalDual(Element):
    """value + epsilon tangent, both decimals; the tangent is None in a backward pass."""

    __slots__ = ("field", "tangent", "value")

    def __init__(self, field: DecimalField, value: Decimal, tangent: Decimal | None) -> None:
        self.field, self.value, self.tangent = field, value, tangent

    @property
    def real(self) -> Any:
        return self

    @property
    def imag(self) -> Any:
        return self.field.constant(0)

    def still(self) -> DecimalDual:
        return DecimalDual(self.field, self.value, Decimal(0))

    def detach(self) -> DecimalDual:
        self.field.detached = True
        return self.still()

    def _combine(self, other: Any, operation: Callable[[Any, Any], Any], da: Any, db: Any) -> Any:
        if other.__class__ is not DecimalDual:
            return self._mixed(other, operation)
        tangent = None if self.tangent is None or other.tangent is None else da * self.tangent + db * other.tangent
        return DecimalDual(self.field, self.field.round(operation(self.value, other.value)), tangent)

    def __add__(self, other: Any) -> Any:
        return self._combine(other, operator.add, 1, 1)

    def __sub__(self, other: Any) -> Any:
        return self._combine(other, operator.sub, 1, -1)

    def __mul__(self, other: Any) -> Any:
        return self._combine(other, operator.mul, getattr(other, "value", None), self.value)

    def __neg__(self) -> DecimalDual:
        return DecimalDual(self.field, -self.value, None if self.tangent is None else -self.tangent)

    def _primitive(self, name: str, value: Decimal) -> DecimalDual:
        value = self.field.round(value)
        if self.tangent is None:
            return DecimalDual(self.field, value, None)
        slope = rules.DERIVATIVE_RULES[name](
            DecimalDual(self.field, self.value, None), DecimalDual(self.field, value, None)
        )
        return DecimalDual(self.field, value, slope.value * self.tangent)

    def reciprocal(self) -> DecimalDual:
        y, t = self.field.round(1 / self.value), self.tangent
        return DecimalDual(self.field, y, None if t is None else -y * y * t)

    def exp(self) -> DecimalDual:
        return self._primitive("exp", self.value.exp())

    def log(self) -> DecimalDual:
        return self._primitive("log", self.value.ln())

    def sqrt(self) -> DecimalDual:
        return self._primitive("sqrt", self.value.sqrt())

    def sin(self) -> DecimalDual:
        return self._primitive("sin", compute_sine(self.value, 1))

    def cos(self) -> DecimalDual:
        return self._primitive("cos", compute_sine(self.value, 0))


def compute_sine(x: Decimal, parity: int) -> Decimal:
    """Return sin(x) for parity 1, cos(x) for parity 0, by the power series, with extra digits for its largest term."""
    with localcontext() as context:
        context.prec += 10 + int(abs(x))
        total, term, n = Decimal(0), Decimal(1), 0
        while n <= abs(x) or abs(term) > Decimal(10) ** -context.prec:
            if n % 2 == parity:
                total += term if n % 4 < 2 else -term
            n += 1
            term = term * x / n
    return +total
