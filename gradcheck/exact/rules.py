"""The rules that a proof assumes: the derivative of each primitive function; all other functions are built from these.

Each expression is written with operators only, so that it is the same code over a finite field, over decimals of
sixty digits, and over any other type of number that a test compares it with.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

REAL_TYPES = (int, float, np.integer, np.floating, np.bool_, Fraction)
COMPLEX_TYPES = (complex, np.complexfloating)
DerivativeRule = Callable[[Any, Any], Any]

# d f(z) / dz, from the argument z and the value y = f(z)
DERIVATIVE_RULES: Mapping[str, DerivativeRule] = {
    "exp": lambda z, y: y,
    "log": lambda z, y: 1 / z,
    "sqrt": lambda z, y: 1 / (2 * y),
    "sin": lambda z, y: z.cos(),
    "cos": lambda z, y: -z.sin(),
}

ASSUMED_RULES: Mapping[str, str] = {
    "exp": "d exp(z) = exp(z) dz; exp(-z) = 1/exp(z); exp(2z) = exp(z)^2; exp(0) = 1; exp(z + log a) = a exp(z)",
    "log": "d log(z) = dz/z; log(1/z) = -log(z); log(1) = 0; log(exp(z)) = z",
    "sqrt": "d sqrt(z) = dz/(2 sqrt(z)); sqrt(z)^2 = z where squared or divided by",
    "sin": "sin(z) = (exp(iz) - exp(-iz))/2i with i^2 = -1 and the rules of exp; d sin(z) = cos(z) dz",
    "cos": "cos(z) = (exp(iz) + exp(-iz))/2 with i^2 = -1 and the rules of exp; d cos(z) = -sin(z) dz",
    "compare": "comparisons, signs and maxima decided as at the real numbers of the case",
}


def expm1(z: Any) -> Any:
    return z.exp() - 1


def log1p(z: Any) -> Any:
    return (1 + z).log()


def tanh(z: Any) -> Any:
    e = (z + z).exp()
    return (e - 1) / (e + 1)


def sinh(z: Any) -> Any:
    e = z.exp()
    return (e - 1 / e) / 2


def cosh(z: Any) -> Any:
    e = z.exp()
    return (e + 1 / e) / 2


def tan(z: Any) -> Any:
    return z.sin() / z.cos()


def logaddexp(a: Any, b: Any) -> Any:
    return (a.exp() + b.exp()).log()


def hypot(a: Any, b: Any) -> Any:
    return (a * a + b * b).sqrt()


def raise_to_power(z: Any, exponent: Any) -> Any:
    """Return z ** exponent: by squaring if it is an integer, by the square root if it is half of one."""
    if exponent != int(exponent):
        root = z.sqrt()
        return raise_to_power(root, int(2 * exponent))
    if exponent < 0:
        return raise_to_power(1 / z, -exponent)
    n, result = int(exponent), None
    while n:
        if n & 1:
            result = z if result is None else result * z
        n >>= 1
        if n:
            z = z * z
    return z * 0 + 1 if result is None else result
