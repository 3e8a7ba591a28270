"""What authors of cells write with arrays, beside formulas: every form is proved with its adjoint, refuted without."""

from typing import NamedTuple

import numpy as np
import pytest

from gradcheck.exact import decide_adjoint

INDEX = np.array([[2, 0, 1], [1, 1, 0], [0, 2, 2], [1, 0, 2]])
MASK = INDEX > 0
X = np.random.default_rng(3).standard_normal((4, 3))


class Output(NamedTuple):
    y: np.ndarray


def unit(forward, adjoint):
    """y = forward(x), linear in x or squared first; dx = adjoint(dy)."""

    def apply(x):
        return Output(forward(x * x)), lambda d: {"x": 2 * x * adjoint(d.y)}

    return apply


def into(x, fill):
    buffer = np.zeros_like(x)
    fill(buffer)
    return buffer


def scattered(dy):
    dx = np.zeros_like(dy)
    for i, row in enumerate(INDEX):
        for j, k in enumerate(row):
            dx[i, k] = dx[i, k] + dy[i, j]
    return dx


def reverse_cumsum(dy):
    return np.cumsum(dy[::-1], axis=0)[::-1]


W = np.arange(12.0).reshape(3, 4)
FORMS = {
    "matmul": (lambda x: np.matmul(x, W), lambda d: np.matmul(d, W.T)),
    "@": (lambda x: x @ W, lambda d: d @ W.T),
    "dot": (lambda x: np.dot(x, W), lambda d: np.dot(d, W.T)),
    "einsum": (lambda x: np.einsum("ij,jk->ki", x, W), lambda d: np.einsum("ki,jk->ij", d, W)),
    "sum": (lambda x: x.sum(axis=0), lambda d: np.broadcast_to(d, X.shape)),
    "mean": (lambda x: x.mean(axis=1), lambda d: np.repeat(d[:, None], 3, axis=1) / 3),
    "cumsum": (lambda x: np.cumsum(x, axis=0), reverse_cumsum),
    "where": (lambda x: np.where(MASK, x, 0), lambda d: np.where(MASK, d, 0)),
    "masked assignment": (lambda x: into(x, lambda b: b.__setitem__(MASK, x[MASK])), lambda d: d * MASK),
    "indexing": (lambda x: x[[3, 0]], lambda d: into(X * d.sum(), lambda b: b.__setitem__([3, 0], d))),
    "slices": (lambda x: x[1:] - x[:-1], lambda d: np.concatenate((0 * d[:1], d)) - np.concatenate((d, 0 * d[:1]))),
    "take_along_axis": (lambda x: np.take_along_axis(x, INDEX, axis=1), scattered),
    "stack": (lambda x: np.stack((x, 3 * x), axis=1), lambda d: d[:, 0] + 3 * d[:, 1]),
    "concatenate": (lambda x: np.concatenate((x, x[:1])), lambda d: into(d[:4], lambda b: fold(b, d))),
    "split": (lambda x: np.split(x, 2)[1], lambda d: np.concatenate((0 * d, d))),
    "transpose": (lambda x: x.T.copy(), lambda d: d.T),
    "reshape": (lambda x: x.reshape(2, 6), lambda d: d.reshape(4, 3)),
    "a ufunc with out": (lambda x: np.multiply(x, 2, out=np.empty_like(x)), lambda d: np.multiply(d, 2)),
    "in place": (lambda x: into(x, lambda b: np.add(b, x, out=b)), lambda d: d.copy()),
    "minimum": (lambda x: np.minimum(x, 0.5), lambda d: d * (X * X < 0.5)),
    "maximum": (lambda x: np.maximum(x, 0.5), lambda d: d * (X * X > 0.5)),
    "clip": (lambda x: np.clip(x, 0.1, 1), lambda d: d * ((X * X > 0.1) & (X * X < 1))),
    "largest": (lambda x: x.max(axis=1), lambda d: d[:, None] * ((X * X).max(axis=1, keepdims=True) == (X * X))),
}


def fold(buffer, d):
    buffer[:] = d[:4]
    buffer[0] = buffer[0] + d[4]


@pytest.mark.parametrize("name", FORMS)
def test_is_proved_with_its_adjoint_and_refuted_without(name):
    forward, adjoint = FORMS[name]
    assert decide_adjoint(unit(forward, adjoint), {"x": X}).verdict == "equal"
    assert decide_adjoint(unit(forward, lambda d: 2 * adjoint(d)), {"x": X}).verdict == "different"
