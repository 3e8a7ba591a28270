"""Elements of the field: dual numbers, each with the real number that it stands for and the degrees of its parts."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any, Protocol

from . import rules
from .element import Element


class Carrier(Protocol):
    """What a dual needs of its field; `field.Field` has all of it."""

    p: int
    squares: dict[int, Dual]
    used: set[str]

    def constant(self, c: Any) -> Dual: ...

    def inverse(self, b: Dual) -> Dual: ...

    def square(self, r: Dual) -> Dual | None: ...


class Dual(Element):
    """value + epsilon tangent, both residues modulo p.

    tangent  None where no derivative is wanted, as in a backward pass
    approx   the real number that the element stands for: comparisons are decided by it
    degree   the polynomial degree of the value, `slope` that of the tangent
    level    how deep divisors are nested in the value
    """

    __slots__ = ("approx", "degree", "field", "level", "slope", "tangent", "value")

    def __init__(
        self,
        field: Carrier,
        value: int,
        tangent: int | None,
        approx: float,
        degree: int = 0,
        slope: int = 0,
        level: int = 0,
    ) -> None:
        self.field = field
        self.value = value
        self.tangent = tangent
        self.approx = approx
        self.degree = degree
        self.slope = slope
        self.level = level

    def bare(self) -> Dual:
        return Dual(self.field, self.value, None, self.approx, self.degree, 0, self.level)

    @property
    def real(self) -> Any:
        return self

    @property
    def imag(self) -> Any:
        return self.field.constant(0)

    def still(self) -> Dual:
        return Dual(self.field, self.value, 0, self.approx, self.degree, 0, self.level)

    def __add__(self, other: Any) -> Any:
        if other.__class__ is not Dual:
            return self._mixed(other, operator.add)
        field, s, t = self.field, self.tangent, other.tangent
        return Dual(
            field,
            (self.value + other.value) % field.p,
            None if s is None or t is None else (s + t) % field.p,
            self.approx + other.approx,
            self.degree if self.degree > other.degree else other.degree,
            self.slope if self.slope > other.slope else other.slope,
            self.level if self.level > other.level else other.level,
        )

    def __neg__(self) -> Dual:
        p, t = self.field.p, self.tangent
        return Dual(
            self.field,
            -self.value % p,
            None if t is None else -t % p,
            -self.approx,
            self.degree,
            self.slope,
            self.level,
        )

    def __sub__(self, other: Any) -> Any:
        if other.__class__ is not Dual:
            return self._mixed(other, operator.sub)
        field, s, t = self.field, self.tangent, other.tangent
        return Dual(
            field,
            (self.value - other.value) % field.p,
            None if s is None or t is None else (s - t) % field.p,
            self.approx - other.approx,
            self.degree if self.degree > other.degree else other.degree,
            self.slope if self.slope > other.slope else other.slope,
            self.level if self.level > other.level else other.level,
        )

    def __mul__(self, other: Any) -> Any:
        if other.__class__ is not Dual:
            return self._mixed(other, operator.mul)
        field, a, b = self.field, self.value, other.value
        s, t = self.tangent, other.tangent
        if self is other and field.squares and (square := field.square(self)) is not None:
            return self.chain(square, lambda z, y: z + z, self.approx * self.approx)
        tangent, slope = None, 0
        if s is not None and t is not None:
            tangent = (a * t + b * s) % field.p
            slope = self.degree + other.slope
            if slope < other.degree + self.slope:
                slope = other.degree + self.slope
        return Dual(
            field,
            a * b % field.p,
            tangent,
            self.approx * other.approx,
            self.degree + other.degree,
            slope,
            self.level if self.level > other.level else other.level,
        )

    def reciprocal(self) -> Dual:
        y, t, approx = self.field.inverse(self), self.tangent, 1 / self.approx if self.approx else math.nan
        return Dual(
            self.field,
            y.value,
            None if t is None else -y.value * y.value * t % self.field.p,
            approx,
            y.degree,
            2 * y.degree + self.slope,
            y.level,
        )

    def chain(self, y: Dual, derivative: rules.DerivativeRule, approx: float) -> Dual:
        """Return the element f(self): its value is that of y, its tangent follows by the chain rule."""
        t = self.tangent
        if t is None:
            return Dual(y.field, y.value, None, approx, y.degree, 0, y.level)
        d: Dual = derivative(self.bare(), y)
        return Dual(y.field, y.value, d.value * t % y.field.p, approx, y.degree, d.degree + self.slope, y.level)

    def _primitive(self, name: str, real: Callable[[float], float]) -> Dual:
        self.field.used.add(name)
        try:
            approx = real(self.approx)
        except (OverflowError, ValueError):
            approx = sys.float_info.max if name == "exp" else math.nan
        return self.chain(getattr(self.field, name)(self), rules.DERIVATIVE_RULES[name], approx)

    def exp(self) -> Dual:
        return self._primitive("exp", math.exp)

    def log(self) -> Dual:
        return self._primitive("log", math.log)

    def sqrt(self) -> Dual:
        return self._primitive("sqrt", math.sqrt)

    def sin(self) -> Dual:
        return self._primitive("sin", math.sin)

    def cos(self) -> Dual:
        return self._primitive("cos", math.cos)

    def __repr__(self) -> str:
        return f"Dual({self.approx:g} ~ {self.value} mod {self.field.p})"
