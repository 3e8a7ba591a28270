"""What every kind of exact number shares: constants become elements, numbers have an order, and floats are refused."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from . import rules
from .errors import unsupported_error
from .rules import COMPLEX_TYPES, REAL_TYPES


class Element:
    """A number of one carrier, `field`. Subclasses give + - *, the reciprocal, exp, log, sqrt, sin and cos."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    field: Any
    real: Any
    imag: Any

    def _mixed(self, other: Any, operation: Callable[[Any, Any], Any], swap: bool = False) -> Any:
        """Operate with another type: a number becomes an element, an infinity absorbs, another class may know how."""
        if (known := self.field.constants.get(other) if other.__class__ in (int, float) else None) is not None:
            return operation(known, self) if swap else operation(self, known)
        if isinstance(other, REAL_TYPES):
            if math.isinf(other):
                if operation not in (operator.add, operator.sub):
                    raise unsupported_error(f"{operation.__name__} with {other}")
                return operation(other, 0.0) if swap else operation(0.0, other)
            lifted: Any = self.field.constant(other)
        elif isinstance(other, COMPLEX_TYPES):
            lifted = self.field.complex(other)
        else:
            return NotImplemented
        return operation(lifted, self) if swap else operation(self, lifted)

    def __radd__(self, other: Any) -> Any:
        return self._mixed(other, operator.add, swap=True)

    def __rsub__(self, other: Any) -> Any:
        return self._mixed(other, operator.sub, swap=True)

    def __rmul__(self, other: Any) -> Any:
        return self._mixed(other, operator.mul, swap=True)

    def __rtruediv__(self, other: Any) -> Any:
        return self._mixed(other, operator.truediv, swap=True)

    def __truediv__(self, other: Any) -> Any:
        return self * other.reciprocal() if isinstance(other, Element) else self._mixed(other, operator.truediv)

    def __mul__(self, other: Any) -> Any:
        raise NotImplementedError

    def reciprocal(self) -> Any:
        raise NotImplementedError

    def __pow__(self, exponent: Any) -> Any:
        if isinstance(exponent, REAL_TYPES) and float(2 * exponent).is_integer():
            return rules.raise_to_power(self, exponent)
        raise unsupported_error(f"the power {exponent!r}, neither an integer nor half of one,")

    def __rpow__(self, base: Any) -> Any:
        raise unsupported_error("a power with a variable exponent")

    def __pos__(self) -> Any:
        return self

    expm1, log1p, tanh = rules.expm1, rules.log1p, rules.tanh
    sinh, cosh, tan = rules.sinh, rules.cosh, rules.tan

    def conjugate(self) -> Any:
        return self

    def still(self) -> Any:
        """Return the same value with tangent 0."""
        raise NotImplementedError

    def detach(self) -> Any:
        """Return the same value with tangent 0, as `Tensor.detach` does: derivatives of a forward stop there."""
        return self.still()

    def _order(self, other: Any) -> int:
        """Return -1, 0 or 1 as self is less than, equal to or greater than the other."""
        if isinstance(other, REAL_TYPES):
            if math.isinf(other):
                return -1 if other > 0 else 1
            other = self.field.constant(other)
        if other.__class__ is not self.__class__:
            raise unsupported_error(f"comparison with {type(other).__name__}")
        return self.field.order(self, other)  # type: ignore[no-any-return]

    def __eq__(self, other: object) -> Any:
        return self._order(other) == 0 if isinstance(other, (self.__class__, *REAL_TYPES)) else NotImplemented

    def __lt__(self, other: Any) -> bool:
        return self._order(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._order(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._order(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._order(other) >= 0

    def __abs__(self) -> Any:
        return 0 - self if self._order(0) < 0 else self

    def __bool__(self) -> bool:
        raise unsupported_error("the truth of a number")

    def __float__(self) -> float:
        raise unsupported_error("conversion to float")

    def __int__(self) -> int:
        raise unsupported_error("conversion to int")

    def __complex__(self) -> complex:
        raise unsupported_error("conversion to complex")

    def __round__(self, digits: int | None = None) -> int:
        raise unsupported_error("rounding")

    def __floordiv__(self, other: Any) -> Any:
        raise unsupported_error("division with remainder")

    __index__ = __floor__ = __ceil__ = __trunc__ = __int__
    __mod__ = __rmod__ = __rfloordiv__ = __divmod__ = __floordiv__
