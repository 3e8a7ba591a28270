"""Right formulas that lose digits which their references keep: neither wrong nor proved, but imprecise."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Attended, Backward, Losses, Rows, Steps, zeros


class Pairs(NamedTuple):
    d: Float[Array, "B V"]


class Covariance(NamedTuple):
    c: Float[Array, " H"]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def narrow_recurrence(x: Float[Array, "T B H"], w: Float[Array, "H H"]) -> tuple[Steps, Backward]:
    """The states are kept in float32, whatever the input is."""
    hs = [np.zeros(x.shape[1:], dtype=np.float32)]
    for t in range(len(x)):
        hs.append(np.tanh(x[t] + hs[-1] @ w.T).astype(np.float32))
    ys = np.stack(hs[1:]).astype(x.dtype)

    def backward(d):
        dys, dh = zeros(d.ys, ys), np.zeros_like(x[0])
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for t in reversed(range(len(x))):
            dx[t] = (dys[t] + dh) * (1 - ys[t] ** 2)
            if t:
                dw += dx[t].T @ ys[t - 1]
            dh = dx[t] @ w
        return {"x": dx, "w": dw}

    return Steps(ys), backward


def narrow_cache(scores: Float[Array, "T S"], v: Float[Array, "S H"]) -> tuple[Attended, Backward]:
    """Probabilities saved in float32 to save memory: the forward is precise, the backward is not."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = p @ v
    saved = p.astype(np.float32)

    def backward(d):
        dy, p = zeros(d.ys, y), saved.astype(scores.dtype)
        dp = dy @ v.T
        return {"scores": p * (dp - (p * dp).sum(axis=1, keepdims=True)), "v": p.T @ dy}

    return Attended(y), backward


def narrow_product(x: Float[Array, "B I"], w: Float[Array, "H I"]) -> tuple[Rows, Backward]:
    """A layer that multiplies in single precision and hands double precision back."""
    x32, w32 = x.astype("f4"), w.astype("f4")
    y = np.tanh(x32 @ w32.T).astype(x.dtype)

    def backward(d):
        dz = (zeros(d.y, y) * (1 - y * y)).astype("f4")
        return {"x": (dz @ w32).astype(x.dtype), "w": (dz.T @ x32).astype(x.dtype)}

    return Rows(y), backward


def small_log(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """log(1 + x^2 / 10^4), where log1p is due."""
    s = 1e-4 * x * x
    y = np.log(1 + s)

    def backward(d):
        return {"x": zeros(d.y, y) * 2e-4 * x / (1 + s)}

    return Rows(y), backward


def small_exponential(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """exp(x / 10^4) - 1, where expm1 is due."""
    y = np.exp(1e-4 * x) - 1

    def backward(d):
        return {"x": zeros(d.y, y) * 1e-4 * (y + 1)}

    return Rows(y), backward


def small_angle(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """1 - cos(x / 1000), where 2 sin^2 of the half is due."""
    y = 1 - np.cos(1e-3 * x)

    def backward(d):
        return {"x": zeros(d.y, y) * 1e-3 * np.sin(1e-3 * x)}

    return Rows(y), backward


def one_pass_variance(x: Float[Array, "B H"]) -> tuple[Losses, Backward]:
    """E[z^2] - E[z]^2 of z = x + 300, temperatures in kelvin."""
    z = x + 300.0
    mean = z.mean(axis=1, keepdims=True)
    var = (z * z).mean(axis=1) - mean[:, 0] ** 2

    def backward(d):
        return {"x": 2 * (z - mean) / z.shape[1] * zeros(d.losses, var)[:, None]}

    return Losses(var), backward


def one_pass_covariance(x: Float[Array, "B H"], y: Float[Array, "B H"]) -> tuple[Covariance, Backward]:
    """E[ab] - E[a]E[b] over the batch, of values near 500."""
    a, b = x + 500.0, y + 500.0
    c = (a * b).mean(axis=0) - a.mean(axis=0) * b.mean(axis=0)

    def backward(d):
        dc = zeros(d.c, c) / len(x)
        return {"x": dc * (b - b.mean(axis=0)), "y": dc * (a - a.mean(axis=0))}

    return Covariance(c), backward


def expanded_distances(a: Float[Array, "B H"], b: Float[Array, "V H"]) -> tuple[Pairs, Backward]:
    """|u|^2 + |v|^2 - 2 u.v of points near each other: u = 10 + a / 10, v = 10 + b / 10."""
    u, v = 10 + 0.1 * a, 10 + 0.1 * b
    out = (u * u).sum(axis=1)[:, None] + (v * v).sum(axis=1) - 2 * u @ v.T

    def backward(d):
        g = 0.2 * zeros(d.d, out)
        return {"a": g.sum(axis=1)[:, None] * u - g @ v, "b": g.sum(axis=0)[:, None] * v - g.T @ u}

    return Pairs(out), backward


def log_of_one_minus(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """log(1 - s(-12 - |x|)), near 0, where -softplus is due."""
    p = sigmoid(-12 - np.abs(x))
    y = np.log(1 - p)

    def backward(d):
        return {"x": zeros(d.y, y) * p * np.sign(x)}

    return Rows(y), backward


def difference_of_roots(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """sqrt(10^6 + x^2) - 1000."""
    root = np.sqrt(1e6 + x * x)
    y = root - 1000

    def backward(d):
        return {"x": zeros(d.y, y) * x / root}

    return Rows(y), backward


def scan_by_totals(x: Float[Array, "T B H"]) -> tuple[Steps, Backward]:
    """h_t = 0.65 h_{t-1} + x_t; back by the total minus what came before, over weights that fall with every step."""
    T = len(x)
    weight = (0.65 ** np.arange(T, dtype=float)).astype(x.dtype)[:, None, None]
    hs, h = np.zeros_like(x), np.zeros_like(x[0])
    for t in range(T):
        h = 0.65 * h + x[t]
        hs[t] = h

    def backward(d):
        terms = zeros(d.ys, hs) * weight
        before = np.concatenate([np.zeros_like(terms[:1]), np.cumsum(terms, axis=0)[:-1]])
        return {"x": (terms.sum(axis=0) - before) / weight}

    return Steps(hs), backward
