"""Exact complex numbers: pairs of duals, real and imaginary part, with i^2 = -1."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .element import Element
from .errors import unsupported_error


class ExactComplex(Element):
    """real + i imag; both parts are duals, or other elements of one carrier."""

    __slots__ = ("imag", "real")

    def __init__(self, real: Any, imag: Any) -> None:
        self.real, self.imag = real, imag

    @property
    def field(self) -> Any:
        return self.real.field

    def _mixed(self, other: Any, operation: Callable[[Any, Any], Any], swap: bool = False) -> Any:
        if isinstance(other, Element):
            lifted = ExactComplex(other, self.field.constant(0))
            return operation(lifted, self) if swap else operation(self, lifted)
        return super()._mixed(other, operation, swap)

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, ExactComplex):
            return self._mixed(other, operator.add)
        return ExactComplex(self.real + other.real, self.imag + other.imag)

    def __sub__(self, other: Any) -> Any:
        if not isinstance(other, ExactComplex):
            return self._mixed(other, operator.sub)
        return ExactComplex(self.real - other.real, self.imag - other.imag)

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, ExactComplex):
            return self._mixed(other, operator.mul)
        a, b, c, d = self.real, self.imag, other.real, other.imag
        return ExactComplex(a * c - b * d, a * d + b * c)

    def reciprocal(self) -> ExactComplex:
        scale = 1 / (self.real * self.real + self.imag * self.imag)
        return ExactComplex(self.real * scale, -self.imag * scale)

    def __neg__(self) -> ExactComplex:
        return ExactComplex(-self.real, -self.imag)

    def __abs__(self) -> Any:
        return (self.real * self.real + self.imag * self.imag).sqrt()

    def __eq__(self, other: object) -> Any:
        if isinstance(other, ExactComplex):
            return self.real == other.real and self.imag == other.imag
        return self._mixed(other, operator.eq)

    def conjugate(self) -> ExactComplex:
        return ExactComplex(self.real, -self.imag)

    def still(self) -> ExactComplex:
        return ExactComplex(self.real.still(), self.imag.still())

    def exp(self) -> ExactComplex:
        size = self.real.exp()
        return ExactComplex(size * self.imag.cos(), size * self.imag.sin())

    def _order(self, other: Any) -> int:
        raise unsupported_error("an order of complex numbers")
