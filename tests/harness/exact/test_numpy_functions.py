"""Functions of NumPy on exact numbers: right in value and in derivative, or refused with the reason; never wrong."""

from decimal import localcontext

import numpy as np
import pytest

from gradcheck.exact.array import ExactArray, map_entries
from gradcheck.exact.decimals import DECIMAL_DIGITS, DecimalField
from gradcheck.exact.errors import Unsupported
from gradcheck.exact.probe import list_real_parts, locate_unsupported

X = np.array([[0.3, -0.7, 1.2], [0.5, 0.9, -0.4], [-1.1, 0.2, 0.6]])
STEP = 2.0**-18

APPLICABLE = {
    "mean": lambda x: np.mean(x, axis=1),
    "mean of all": lambda x: np.mean(x),
    "x.mean": lambda x: x.mean(axis=0, keepdims=True),
    "nanmean": lambda x: np.nanmean(x, axis=0),
    "average": lambda x: np.average(x, axis=0),
    "median": lambda x: np.median(x, axis=1),
    "var": lambda x: np.var(x, axis=1),
    "var ddof": lambda x: x.var(axis=0, ddof=1),
    "std": lambda x: np.std(x, axis=1),
    "max": lambda x: np.max(x, axis=1),
    "min": lambda x: x.min(),
    "argmax": lambda x: np.take_along_axis(x, np.argmax(x, axis=1)[:, None], axis=1),
    "sort": lambda x: np.sort(x, axis=1),
    "ptp": lambda x: np.ptp(x, axis=1),
    "maximum": lambda x: np.maximum(x, 0.1),
    "clip": lambda x: np.clip(x, -0.55, 0.55),
    "abs": lambda x: np.abs(x),
    "sign": lambda x: np.sign(x) * x,
    "norm": lambda x: np.linalg.norm(x),
    "norm of rows": lambda x: np.linalg.norm(x, axis=1),
    "norm 1": lambda x: np.linalg.norm(x, ord=1, axis=1),
    "norm inf": lambda x: np.linalg.norm(x, ord=np.inf, axis=1),
    "trace": lambda x: np.trace(x @ x),
    "prod": lambda x: np.prod(x, axis=1),
    "cumsum": lambda x: np.cumsum(x, axis=0),
    "cumprod": lambda x: np.cumprod(x, axis=1),
    "maximum.accumulate": lambda x: np.maximum.accumulate(x, axis=0),
    "add.reduce": lambda x: np.add.reduce(x, 0),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x, optimize=True),
    "tensordot": lambda x: np.tensordot(x, x, axes=([1], [1])),
    "kron": lambda x: np.kron(x, x),
    "power": lambda x: np.power(x, 3) + x**-2,
    "logsumexp": lambda x: np.log(np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1)),
    "logaddexp": lambda x: np.logaddexp(x, 0),
    "logaddexp of two": lambda x: np.logaddexp(0.5 * x, x.T),
    "hypot": lambda x: np.hypot(x, x.T),
    "astype": lambda x: x.astype(np.float64),
}
REFUSED = {
    "inv": np.linalg.inv,
    "solve": lambda x: np.linalg.solve(x, x),
    "det": np.linalg.det,
    "cbrt": np.cbrt,
    "log2": lambda x: np.log2(x * x),
    "logaddexp.reduce": lambda x: np.logaddexp.reduce(x, axis=1),
    "arctan": np.arctan,
    "cov": np.cov,
    "interp": lambda x: np.interp(x, [0.0, 1.0], [0.0, 1.0]),
    "round": np.round,
}


def evaluate(function):
    """Values, derivatives along the tangents that were drawn, and these tangents."""
    with localcontext(prec=DECIMAL_DIGITS):
        carrier = DecimalField(0)
        x = ExactArray.wrap(map_entries(carrier.variable, X), carrier)
        with locate_unsupported():
            found = list_real_parts(function(x), carrier)
        tangents = np.array([float(e.tangent) for e in x.ravel()]).reshape(X.shape)
        return [float(e.value) for e in found], [float(e.tangent) for e in found], tangents


@pytest.mark.parametrize("function", APPLICABLE.values(), ids=APPLICABLE)
def test_it_is_right_in_value_and_in_derivative(function):
    values, slopes, tangents = evaluate(function)
    above, here, below = (np.ravel(function(X + sign * STEP * tangents)) for sign in (1, 0, -1))
    assert np.allclose(values, here, rtol=1e-13, atol=1e-13)
    assert np.allclose(slopes, (above - below) / (2 * STEP), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("function", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_the_place(function):
    with pytest.raises(Unsupported, match=r"at .*\.py:\d+"):
        evaluate(function)
