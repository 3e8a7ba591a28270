"""The rules of calculus against mpmath at 50 digits, field arithmetic against fractions, primes by trial division."""

import random
from decimal import localcontext
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from gradcheck.exact import rules
from gradcheck.exact.array import ExactArray, map_entries
from gradcheck.exact.decimals import DECIMAL_DIGITS, DecimalField
from gradcheck.exact.field import Field
from gradcheck.exact.primes import Q, draw_prime, has_primality_proof
from tests.harness.exact.exact_units import Sequence, rnn

DERIVED = ["expm1", "log1p", "tanh", "sinh", "cosh", "tan"]
POINTS = [0.3, 1.7, 3.25]


def wrap(x):
    return _Wrapped(mpmath.mpf(x))


class _Wrapped:
    """mpmath's real under NumPy's method names."""

    def __init__(self, x):
        self.x = x

    def _of(self, other):
        return other.x if isinstance(other, _Wrapped) else other

    def __add__(self, o):
        return _Wrapped(self.x + self._of(o))

    def __sub__(self, o):
        return _Wrapped(self.x - self._of(o))

    def __mul__(self, o):
        return _Wrapped(self.x * self._of(o))

    def __truediv__(self, o):
        return _Wrapped(self.x / self._of(o))

    def __rtruediv__(self, o):
        return _Wrapped(o / self.x)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return _Wrapped(-self.x)

    def __getattr__(self, name):
        return lambda: _Wrapped(getattr(mpmath, name)(self.x))


@pytest.fixture(autouse=True)
def fifty_digits():
    with mpmath.workdps(50):
        yield


def close(a, b):
    return abs(a - b) <= mpmath.mpf(10) ** -40 * (1 + abs(b))


def log1p(x):
    return mpmath.log(1 + x)


FUNCTION = {name: getattr(mpmath, name) for name in [*rules.DERIVATIVE_RULES, *DERIVED] if name != "log1p"} | {
    "log1p": log1p
}


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("name", list(rules.DERIVATIVE_RULES))
def test_the_rule_is_the_derivative(name, x):
    rule = rules.DERIVATIVE_RULES[name](wrap(x), wrap(FUNCTION[name](mpmath.mpf(x))))
    assert close(rule.x, mpmath.diff(FUNCTION[name], mpmath.mpf(x)))


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("name", DERIVED)
def test_derived_functions_are_the_functions(name, x):
    assert close(getattr(rules, name)(wrap(x)).x, FUNCTION[name](mpmath.mpf(x)))


@pytest.mark.parametrize("exponent", [-3, -1.5, -0.5, 0, 0.5, 1.5, 5])
def test_powers(exponent):
    assert close(rules.raise_to_power(wrap(1.7), exponent).x, mpmath.mpf("1.7") ** exponent) or close(
        rules.raise_to_power(wrap(1.7), exponent).x, mpmath.mpf(1.7) ** exponent
    )


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("name", [*rules.DERIVATIVE_RULES, *DERIVED])
def test_decimals_carry_the_same_values_and_tangents(name, x):
    with localcontext(prec=DECIMAL_DIGITS):
        z = DecimalField(0).variable(x)
        y = getattr(z, name)()
    assert close(mpmath.mpf(str(y.value)), FUNCTION[name](mpmath.mpf(x)))
    slope = mpmath.mpf(str(y.tangent)) / mpmath.mpf(str(z.tangent))
    assert close(slope, mpmath.diff(FUNCTION[name], mpmath.mpf(x)))


def residue(fraction, p):
    return fraction.numerator * pow(fraction.denominator, -1, p) % p


def test_linear_rnn_against_fractions():
    """Gradients by matrix powers in exact fractions: dW = sum_t sum_{k<=t} (W^T)^(t-k) du_t h_{k-1}^T."""
    T, H, rng = 4, 2, np.random.default_rng(0)
    p, fraction = draw_prime(random.Random(0)), np.vectorize(lambda n: Fraction(int(n), 7), otypes=[object])
    x, W, U = (fraction(rng.integers(-9, 10, shape)) for shape in [(T, 1, H), (H, H), (H, H)])
    h_0, dys = fraction(rng.integers(-9, 10, (1, H))), fraction(rng.integers(-9, 10, (T, 1, H)))
    h = [h_0]
    for t in range(T):
        h.append(x[t] @ U.T + h[-1] @ W.T)
    dW, power = fraction(np.zeros((H, H))), [fraction(7 * np.eye(H))]
    for _ in range(T):
        power.append(power[-1] @ W)
    for t in range(T):
        for k in range(t + 1):
            dW = dW + (dys[t] @ power[t - k]).T @ h[k]
    field = Field(p, 0)
    lift = {
        name: ExactArray.wrap(map_entries(field.constant, a), field)
        for name, a in {"x": x, "weight_ih": U, "weight_hh": W, "h_0": h_0, "dys": dys}.items()
    }
    upstream = lift.pop("dys")
    outputs, backward = rnn("identity")(**lift)
    gradient = backward(Sequence(upstream, None))["weight_hh"]
    assert [e.value for e in outputs.ys.ravel()] == [residue(f, p) for f in np.concatenate(h[1:]).ravel()]
    assert [e.value for e in gradient.ravel()] == [residue(f, p) for f in dW.ravel()]


def test_dual_numbers_against_fractions():
    """A rational function and its derivative: field elements are the residues of the fractions."""
    p = draw_prime(random.Random(1))
    field = Field(p, 0)
    a = field.variable(0.0)
    a.value, a.tangent = residue(Fraction(3, 5), p), 1
    y = (a * a - 0.5) / (a + 2) ** 3 + a**-2
    x = Fraction(3, 5)
    value = (x * x - Fraction(1, 2)) / (x + 2) ** 3 + x**-2
    slope = 2 * x / (x + 2) ** 3 - 3 * (x * x - Fraction(1, 2)) / (x + 2) ** 4 - 2 * x**-3
    assert (y.value, y.tangent) == (residue(value, p), residue(slope, p))


def test_float_constants_are_the_fractions_that_they_are():
    field = Field(draw_prime(random.Random(2)), 0)
    assert field.constant(0.1).value == residue(Fraction(0.1), field.p) != residue(Fraction(1, 10), field.p)
    assert field.constant(np.float32(0.1)).value == residue(Fraction(float(np.float32(0.1))), field.p)


def test_primes_are_prime():
    """Against trial division by small numbers and a strong test with other bases."""
    for seed in range(20):
        p = draw_prime(random.Random(seed))
        assert p.bit_length() == 210
        assert p % 4 == 1
        assert p % Q == 1
        assert all(p % n for n in range(2, 2000))
        assert all(pow(a, p - 1, p) == 1 for a in (3, 5, 7, 11))
    assert pow(2, Q - 1, Q) == 1


def test_composites_are_not_proved():
    assert not any(
        has_primality_proof(4 * k * Q + 1)
        for k in range(1, 200)
        if any((4 * k * Q + 1) % n == 0 for n in range(2, 1000))
    )
    with pytest.raises(ValueError, match="is not 1 modulo"):
        has_primality_proof(101)


def test_laws_of_the_field():
    field = Field(draw_prime(random.Random(3)), 0)
    z, a = field.variable(0.3), field.variable(2.0)
    assert (z.exp() * (-z).exp()).value == 1
    assert ((z + z).exp()).value == (z.exp() * z.exp()).value
    assert (z / 2).exp().value ** 2 % field.p == z.exp().value
    assert z.exp().log().value == z.value
    assert (a.log() + (1 / a).log()).value == 0
    assert (z - a.log()).exp().value == (z.exp() / a).value
    r = a.sqrt()
    assert (r * r).value == (r**2).value == a.value
    assert (1 / a).value == ((1 / r) * (1 / r)).value
    assert (z.sin() ** 2 + z.cos() ** 2).value == 1
    assert ((-z).sin() + z.sin()).value == 0
    assert (z.tanh() * z.cosh() - z.sinh()).value == 0
