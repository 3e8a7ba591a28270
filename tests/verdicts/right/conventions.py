"""Right units whose shapes, ties and limits are conventions: the author's may differ from those of the reference."""

from typing import Annotated, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from tests.verdicts.right.outputs import Array, Backward, Rows, zeros


class Gram(NamedTuple):
    g: Float[Array, "B B"]


class Scores(NamedTuple):
    y: Float[Array, " B"]


class Series(NamedTuple):
    y: Float[Array, " T"]


class Fit(NamedTuple):
    w: Float[Array, " H"]


def gram(x: Float[Array, "B H"]) -> tuple[Gram, Backward]:
    """Every row with every row: no row is a case of its own."""
    y = x @ x.T

    def backward(d):
        g = zeros(d.g, y)
        return {"x": (g + g.T) @ x}

    return Gram(y), backward


def differences(x: Float[Array, "B+1 H"], w: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    step = np.diff(x, axis=0)

    def backward(d):
        dy = zeros(d.y, w)
        dx = np.zeros_like(x)
        dx[1:] += dy * w
        dx[:-1] -= dy * w
        return {"x": dx, "w": dy * step}

    return Rows(step * w), backward


def two_views(x: Float[Array, "2*B H"]) -> tuple[Scores, Backward]:
    """The first half of the rows against the second."""
    B = len(x) // 2
    y = (x[:B] * x[B:]).sum(axis=1)

    def backward(d):
        g = zeros(d.y, y)[:, None]
        return {"x": np.concatenate((g * x[B:], g * x[:B]))}

    return Scores(y), backward


def bags(
    table: Float[Array, "V H"],
    ids: Annotated[Int[Array, " N"], "0 <= ids < V"],
    bag: Annotated[Int[Array, " N"], "0 <= bag < B"],
    w: Float[Array, " B"],
) -> tuple[Rows, Backward]:
    """The weighted sum of the entries of each bag, which an integer below B names."""
    total = np.zeros((len(w), table.shape[1]), table.dtype)
    np.add.at(total, bag, table[ids])

    def backward(d):
        dy = zeros(d.y, total)
        dtable = np.zeros_like(table)
        np.add.at(dtable, ids, (w[:, None] * dy)[bag])
        return {"table": dtable, "w": (dy * total).sum(axis=1)}

    return Rows(w[:, None] * total), backward


def neighbours(x: Float[Array, "B H"], adj: Bool[Array, "B B"]) -> tuple[Rows, Backward]:
    """The largest of the neighbours, and of the row itself; of equal ones the first."""
    near = adj | np.eye(len(x), dtype=bool)
    best = np.where(near[:, :, None], x[None], -np.inf).argmax(axis=1)
    rows = np.arange(x.shape[1])[None]

    def backward(d):
        dx = np.zeros_like(x)
        np.add.at(dx, (best, np.broadcast_to(rows, best.shape)), zeros(d.y, x))
        return {"x": dx}

    return Rows(x[best, rows]), backward


def ordered(x: Float[Array, "B H"], w: Float[Array, " H"]) -> tuple[Scores, Backward]:
    """The sorted row times weights; which of two equal numbers has which weight is a convention."""
    order = np.argsort(x, axis=1, kind="stable")
    s = np.take_along_axis(x, order, axis=1)
    y = s @ w

    def backward(d):
        dy, dx = zeros(d.y, y), np.empty_like(x)
        np.put_along_axis(dx, order, dy[:, None] * w, axis=1)
        return {"x": dx, "w": dy @ s}

    return Scores(y), backward


def larger(a: Float[Array, "B H"], b: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """Where both are equal the first has the gradient, which PyTorch halves."""
    first = a >= b

    def backward(d):
        dy = zeros(d.y, a)
        return {"a": np.where(first, dy, 0), "b": np.where(first, 0, dy)}

    return Rows(np.where(first, a, b)), backward


def gate_at_zero(x: Float[Array, "B H"], a: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """A hard gate that is open at 0; the reference's is closed there."""
    is_open = x >= 0

    def backward(d):
        return {"x": np.zeros_like(x), "a": np.where(is_open, zeros(d.y, a), 0)}

    return Rows(np.where(is_open, a, 0 * a)), backward


def newton_reciprocal(a: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """1 / (2 + tanh a) by steps that settle; its derivative by the implicit function, -y^2."""
    c = 2 + np.tanh(a)
    y = 0.5 * np.ones_like(a)
    for _ in range(7):
        y = y * (2 - c * y)

    def backward(d):
        return {"a": -zeros(d.y, y) * y * y * (1 - np.tanh(a) ** 2)}

    return Rows(y), backward


def convolution(x: Float[Array, " T"], k: Float[Array, " T"]) -> tuple[Series, Backward]:
    """A causal convolution by the fast Fourier transform of twice the length."""
    T = len(x)

    def convolve(a, spectrum):
        return np.fft.irfft(np.fft.rfft(a, 2 * T) * spectrum, 2 * T)[:T].astype(x.dtype)

    of_x, of_k = np.fft.rfft(x, 2 * T), np.fft.rfft(k, 2 * T)

    def backward(d):
        dy = zeros(d.y, x)
        return {"x": convolve(dy, of_k.conj()), "k": convolve(dy, of_x.conj())}

    return Series(convolve(x, of_k)), backward


def ridge(a: Float[Array, "N H"], b: Float[Array, " N"]) -> tuple[Fit, Backward]:
    """Least squares with a penalty, by the inverse, which complex numbers round otherwise."""
    inverse = np.linalg.inv(a.T @ a + np.eye(a.shape[1], dtype=a.dtype))
    w = inverse @ (a.T @ b)

    def backward(d):
        g = inverse @ zeros(d.w, w)
        return {"a": np.outer(b - a @ w, g) - np.outer(a @ g, w), "b": a @ g}

    return Fit(w), backward


def bisect_root(due):
    low = np.zeros_like(due)
    high = low + 3
    for _ in range(100):
        middle = (low + high) / 2
        below = middle + middle**3 < due
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def bisected_root(p: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """The root of y + y^3 = 3 + tanh(p), by 100 halvings of [0, 3]; back by the implicit function theorem."""
    y = bisect_root(3 + np.tanh(p))

    def backward(d):
        return {"p": zeros(d.y, y) * (1 - np.tanh(p) ** 2) / (1 + 3 * y * y)}

    return Rows(y), backward


def bisected_entmax(z: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """1.5-entmax, its threshold by 100 halvings; back by the formula for its support."""
    x = z / 2
    high = x.max(axis=1, keepdims=True)
    low = high - 1
    for _ in range(100):
        middle = (low + high) / 2
        enough = (np.maximum(x - middle, 0) ** 2).sum(axis=1, keepdims=True) >= 1
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    root = np.maximum(x - low, 0)

    def backward(d):
        g = zeros(d.y, root) * root
        return {"z": g - g.sum(axis=1, keepdims=True) / root.sum(axis=1, keepdims=True) * root}

    return Rows(root * root), backward


def bisected_root_and_line(p: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """4 p beside the root, of which exact arithmetic sees only the first."""
    root = bisect_root(3 + np.tanh(p))
    y = 4 * p + root

    def backward(d):
        return {"p": zeros(d.y, y) * (4 + (1 - np.tanh(p) ** 2) / (1 + 3 * root * root))}

    return Rows(y), backward
