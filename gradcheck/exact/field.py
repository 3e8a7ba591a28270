"""Dual numbers over GF(p): a value, its tangent, the real number it stands for, and degree bounds.

Every value is a polynomial in the drawn inputs, in one fresh variable for each new argument of a transcendental
function, and in one variable for the inverse of each distinct divisor. Each element carries the degree of its value and
of its tangent in these variables (the larger one after +, the sum after *), and the `level` of nested divisors.
`Field.clearing` turns such a degree into the degree of the true numerator. docs/exact.md has the argument.
"""

from __future__ import annotations

import functools
import itertools
import math
import random
from typing import Any

import numpy as np

from . import rules
from .complex import ExactComplex
from .dual import Dual
from .errors import Tie, UnluckyDraw, locate_call, require_finite, unsupported_error


class Field:
    """The field of one trial: a prime, a source of randomness, and a table of arguments and values of each function."""

    def __init__(self, p: int, seed: int) -> None:
        self.p, self.random, self.half = p, random.Random(seed), pow(2, -1, p)
        self.constants: dict[Any, Dual] = {}
        self.rounded: set[float] = set()
        self.narrow: dict[str, str] = {}  # casts to less than double precision: where, and to what
        self.used: set[str] = set()
        self.path = 0  # fingerprint of the outcomes of all comparisons, in order
        self.branches: dict[str, list[int]] = {}  # file:line -> how often below, tied, above
        self.collisions = 0  # sum of degrees of all differences that must not vanish by accident
        self.divisors = [0]  # sum of the degrees of distinct divisors, by level
        self.inverses: dict[int, Dual] = {}
        self.ready: dict[int, int] = {}  # inverses of residues worked out ahead, many at once
        self.exps: dict[int, Dual] = {0: self.constant(1)}
        self.logs: dict[int, Dual] = {1: self.constant(0)}
        self.roots: dict[int, Dual] = {0: self.constant(0), 1: self.constant(1)}
        self.squares: dict[int, Dual] = {}
        self.atoms: dict[int, Dual] = {}  # logarithm -> its argument
        # how many entries each table has, 0 and 1 included, and the sum of their degrees
        self._seen: dict[str, tuple[int, int]] = {"exp": (1, 0), "log": (1, 0), "sqrt": (2, 0), "divisor": (0, 0)}

    def constant(self, c: Any) -> Dual:
        """Return the element of a constant; a float is the fraction that it is, exactly."""
        known = self.constants.get(c)
        if known is None:
            if isinstance(c, np.generic):
                c = c.item()
            require_finite(c)
            numerator, denominator = (c, 1) if isinstance(c, int) else c.as_integer_ratio()
            if abs(numerator) >> 24 and denominator != 1:
                self.rounded.add(c)
            value = numerator * (pow(denominator, -1, self.p) if denominator != 1 else 1) % self.p
            known = self.constants[c] = Dual(self, value, 0, float(c))
        return known

    def complex(self, z: complex) -> ExactComplex:
        return ExactComplex(self.constant(z.real), self.constant(z.imag))

    def variable(self, approx: float, tangent: bool = True) -> Dual:
        """Draw an element at random that stands for the real number `approx`, with a random tangent or with none."""
        draw = self.random.randrange
        return Dual(self, draw(self.p), draw(self.p) if tangent else None, float(approx), 1, 1 if tangent else 0)

    @property
    def clearing(self) -> int:
        """The degree of an element's numerator over that of the element: the product over levels of 1 + divisors."""
        return math.prod(1 + degree for degree in self.divisors)

    def fresh(self, table: str, argument: Dual, ways: int = 1) -> Dual:
        """Draw the value of a function at a new argument; count the chances that it equals another one."""
        self._count(table, argument.degree, ways)
        return Dual(self, self.random.randrange(1, self.p), None, 0.0, 1)

    def _count(self, table: str, degree: int, ways: int) -> None:
        entries, degrees = self._seen[table]
        self.collisions += ways * (entries * degree + degrees)
        self._seen[table] = entries + 1, degrees + degree

    def prepare(self, divisors: list[Any]) -> None:
        """Invert the residues of many divisors at the cost of one inversion (Montgomery 1987)."""
        due = list({d.value for d in divisors if isinstance(d, Dual) and d.value} - self.inverses.keys())
        partial = list(itertools.accumulate(due, lambda a, b: a * b % self.p, initial=1))
        inverse = pow(partial.pop(), -1, self.p)
        for value in reversed(due):
            self.ready[value] = inverse * partial.pop() % self.p
            inverse = inverse * value % self.p

    def inverse(self, b: Dual) -> Dual:
        """Return 1/b, without tangent.  Raises UnluckyDraw if b is 0 here, ZeroDivisionError if b is the constant 0."""
        known = self.inverses.get(b.value)
        if known is None:
            if b.value == 0:
                error = UnluckyDraw if b.degree else ZeroDivisionError
                raise error(f"division by {'an element that vanished' if b.degree else 'the constant 0'}")
            residue = self.ready.get(b.value) or pow(b.value, -1, self.p)
            known = Dual(self, residue, None, 0.0, b.degree, 0, b.level)
            if b.degree:
                self._count("divisor", b.degree, 1)
                self.divisors.extend([0] * (b.level + 1 - len(self.divisors)))
                self.divisors[b.level] += b.degree
                known.degree, known.level = 1, b.level + 1
            self.inverses[b.value] = known
        return known

    def exp(self, z: Dual) -> Dual:
        """Compute the exponential of z, without tangent, by a law from an earlier argument, else draw w, its root.

        w is kept as exp(z/2), so that exp(2z) = exp(z)^2 holds whichever of the two is asked for first.
        """
        known = self._known_exp(z.value)
        if known is None:
            known = self._shifted_exp(z.value)
        if known is None:
            w = self.fresh("exp", z, ways=8 * (1 + 2 * len(self.atoms)))
            known = w * w
            self.exps[z.value * self.half % self.p] = w
            self.logs.setdefault(known.value, z.bare())
            self._count("log", known.degree, 2)
        self.exps[z.value] = known
        return known

    def _known_exp(self, v: int) -> Dual | None:
        for factor, exponent in ((1, 1), (-1, -1), (self.half, 2), (-self.half, -2)):
            if (hit := self.exps.get(v * factor % self.p)) is not None:
                return rules.raise_to_power(hit, exponent)  # type: ignore[no-any-return]
        return None

    def _shifted_exp(self, v: int) -> Dual | None:
        """Return exp(v) if v differs from an earlier argument by a logarithm that has been taken; else None."""
        for log, a in self.atoms.items():
            for shift, factor in ((-log, a), (log, self.inverse(a))):
                if (v + shift) % self.p in self.exps or -(v + shift) % self.p in self.exps:
                    return self._known_exp((v + shift) % self.p) * factor  # type: ignore[no-any-return]
        return None

    def log(self, z: Dual) -> Dual:
        """Compute the logarithm of z, without tangent."""
        if z.value == 0:
            raise UnluckyDraw("logarithm of an element that vanished")
        if (known := self.logs.get(z.value)) is None:
            reciprocal = self.inverse(z).value
            if (opposite := self.logs.get(reciprocal)) is not None:
                return -opposite
            known = self.logs[z.value] = self.fresh("log", z, ways=2)
            self.exps[known.value] = z.bare()
            self.atoms[known.value] = z.bare()
            self._count("exp", known.degree, 1)
        return known

    def sqrt(self, z: Dual) -> Dual:
        """Draw the square root r of z, without tangent; from then on 1/z is (1/r)^2 and r*r is z."""
        if z.value == 0 and z.degree:
            raise UnluckyDraw("square root of an element that vanished")
        if (known := self.roots.get(z.value)) is None:
            known = self.roots[z.value] = self.fresh("sqrt", z)
            self.inverses[z.value] = rules.raise_to_power(known, -2)
            self.squares[known.value] = z.bare()
            self._count("divisor", z.degree, 1)
        return known

    def square(self, r: Dual) -> Dual | None:
        """Return r^2 if r is a square root that has been taken; else None."""
        self.collisions += len(self.squares) * r.degree
        return self.squares.get(r.value)

    def order(self, a: Dual, b: Dual) -> int:
        """Return -1, 0 or 1 as a < b, a = b, a > b: residues decide if equal, else the real numbers behind them."""
        self.used.add("compare")
        self.collisions += max(a.degree, b.degree)
        difference = a.approx - b.approx
        if a.value == b.value:
            sign = 0
        elif math.isnan(difference):
            raise unsupported_error(
                "a comparison that depends on the upstream gradient, or on a number that overflowed,"
            )
        elif difference == 0.0:
            raise Tie(f"two different elements stand for the same real number {a.approx:g}, at {locate_call()}")
        else:
            sign = 1 if difference > 0 else -1
        self.path = hash((self.path, sign))
        self.branches.setdefault(locate_call(), [0, 0, 0])[sign + 1] += 1
        return sign

    def _circle(self, z: Dual) -> tuple[Dual, Dual]:
        e = self.exp(self.imaginary * z.bare())
        return (e - 1 / e) / (2 * self.imaginary), (e + 1 / e) / 2

    def sin(self, z: Dual) -> Dual:
        return self._circle(z)[0]

    def cos(self, z: Dual) -> Dual:
        return self._circle(z)[1]

    def upstream(self) -> Dual:
        """Draw an element that stands for no real number, without tangent: a backward must not compare it."""
        return self.variable(math.nan, tangent=False)

    @functools.cached_property
    def imaginary(self) -> Dual:
        """Return a square root of -1.  Raises ValueError unless the prime is 1 modulo 4."""
        for a in range(2, 1000):
            i = pow(a, (self.p - 1) // 4, self.p)
            if i * i % self.p == self.p - 1:
                return Dual(self, i, None, 0.0)
        raise ValueError(f"no square root of -1 modulo {self.p}")
