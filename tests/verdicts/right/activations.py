"""Activations, in forms beside those of PyTorch."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Backward, Rows, Steps, zeros


class Halved(NamedTuple):
    y: Float[Array, "B H"]


class Distribution(NamedTuple):
    p: Float[Array, "B V"]


erf = np.vectorize(math.erf, otypes=[float])


def sigmoid(z):
    return 0.5 * (np.tanh(0.5 * z) + 1)


def tanh_by_cosh(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """dx = dy / cosh(x)^2, where the reference has 1 - y^2."""
    y = np.tanh(x)

    def backward(d):
        return {"x": zeros(d.y, y) / np.cosh(x) ** 2}

    return Rows(y), backward


def recurrent_tanh_by_cosh(x: Float[Array, "T B H"], w: Float[Array, "H H"]) -> tuple[Steps, Backward]:
    """The same in a recurrence: dz = dh / cosh(z)^2."""
    h, zs, hs = np.zeros_like(x[0]), [], []
    for t in range(len(x)):
        z = x[t] + h @ w.T
        h = np.tanh(z)
        zs.append(z)
        hs.append(h)
    ys = np.stack(hs)

    def backward(d):
        dys, dh, dx, dw = zeros(d.ys, ys), np.zeros_like(h), np.zeros_like(x), np.zeros_like(w)
        for t in reversed(range(len(x))):
            dx[t] = (dys[t] + dh) / np.cosh(zs[t]) ** 2
            if t:
                dw += dx[t].T @ hs[t - 1]
            dh = dx[t] @ w
        return {"x": dx, "w": dw}

    return Steps(ys), backward


def softplus_plain(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """log(1 + e^x), where the reference has log1p."""
    y = np.log(1 + np.exp(x))

    def backward(d):
        return {"x": zeros(d.y, y) / (1 + np.exp(-x))}

    return Rows(y), backward


def softplus_by_abs(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """(|x| + x) / 2 + log1p(exp(-|x|))."""
    y = 0.5 * (np.abs(x) + x) + np.log1p(np.exp(-np.abs(x)))

    def backward(d):
        e = np.exp(-np.abs(x))
        return {"x": zeros(d.y, y) * np.where(x > 0, 1 / (1 + e), e / (1 + e))}

    return Rows(y), backward


def softplus_logaddexp(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = np.logaddexp(x, 0)

    def backward(d):
        return {"x": zeros(d.y, y) * np.exp(x - y)}

    return Rows(y), backward


def sigmoid_logaddexp(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """exp(-logaddexp(0, -x)), which overflows nowhere."""
    y = np.exp(-np.logaddexp(0, -x))

    def backward(d):
        return {"x": zeros(d.y, y) * y * (1 - y)}

    return Rows(y), backward


def sigmoid_of_both_signs(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """The stable form by boolean indices."""
    y = np.zeros_like(x)
    positive = x >= 0
    y[positive] = 1 / (1 + np.exp(-x[positive]))
    e = np.exp(x[~positive])
    y[~positive] = e / (1 + e)

    def backward(d):
        return {"x": zeros(d.y, y) * y * (1 - y)}

    return Rows(y), backward


def gelu(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """x Phi(x), by math.erf of every entry."""
    phi = 0.5 * (1 + erf(x * 0.5**0.5).astype(x.dtype))
    y = x * phi

    def backward(d):
        density = np.exp(-0.5 * x * x) * (0.5 / float(np.pi)) ** 0.5
        return {"x": zeros(d.y, y) * (phi + x * density)}

    return Rows(y), backward


def gelu_tanh(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """0.5 x (1 + tanh(c (x + 0.044715 x^3)))."""
    c = 0.7978845608028654
    t = np.tanh(c * (x + 0.044715 * x**3))
    y = 0.5 * x * (1 + t)

    def backward(d):
        slope = 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2)
        return {"x": zeros(d.y, y) * slope}

    return Rows(y), backward


def swish(x: Float[Array, "B H"], beta: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """x s(beta x), by y + s (1 - y)-like terms."""
    s = sigmoid(beta * x)
    y = x * s

    def backward(d):
        dy = zeros(d.y, y)
        return {"x": dy * (s + beta * y * (1 - s)), "beta": (dy * x * y * (1 - s)).sum(axis=0)}

    return Rows(y), backward


def mish(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """x tanh(softplus(x)), its derivative by the quotient of polynomials in e^x that is printed everywhere."""
    e = np.exp(x)
    y = x * np.tanh(np.log1p(e))

    def backward(d):
        omega = 4 * (x + 1) + 4 * e**2 + e**3 + e * (4 * x + 6)
        delta = 2 * e + e**2 + 2
        return {"x": zeros(d.y, y) * e * omega / delta**2}

    return Rows(y), backward


def elu(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """expm1 below 0; back through the output, y + 1."""
    y = np.where(x > 0, x, np.expm1(np.minimum(x, 0)))

    def backward(d):
        return {"x": zeros(d.y, y) * np.where(y > 0, 1, y + 1)}

    return Rows(y), backward


def selu(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """With its printed constants."""
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    y = scale * np.where(x > 0, x, alpha * (np.exp(x) - 1))

    def backward(d):
        return {"x": zeros(d.y, y) * scale * np.where(x > 0, 1, alpha * np.exp(x))}

    return Rows(y), backward


def leaky(x: Float[Array, "B H"], slope: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """PReLU: a slope learned for each feature."""
    negative = x < 0
    y = np.where(negative, slope * x, x)

    def backward(d):
        dy = zeros(d.y, y)
        return {"x": dy * np.where(negative, slope, 1), "slope": (dy * x * negative).sum(axis=0)}

    return Rows(y), backward


def hard_sigmoid(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """clip(x/4 + 1/2, 0, 1)."""
    y = np.clip(0.25 * x + 0.5, 0, 1)

    def backward(d):
        return {"x": zeros(d.y, y) * 0.25 * ((y > 0) & (y < 1))}

    return Rows(y), backward


def gated_linear(x: Float[Array, "B 2*H"]) -> tuple[Halved, Backward]:
    """GLU: np.split, a * s(b)."""
    a, b = np.split(x, 2, axis=1)
    s = sigmoid(b)
    y = a * s

    def backward(d):
        dy = zeros(d.y, y)
        return {"x": np.hstack([dy * s, dy * a * s * (1 - s)])}

    return Halved(y), backward


def softsign(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = x / (1 + np.abs(x))

    def backward(d):
        return {"x": zeros(d.y, y) * (1 - np.abs(y)) ** 2}

    return Rows(y), backward


def arctangent(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = np.arctan(x)

    def backward(d):
        return {"x": zeros(d.y, y) / (1 + x * x)}

    return Rows(y), backward


def maxout(x: Float[Array, "B 2*H"]) -> tuple[Halved, Backward]:
    """The larger of two halves, by argmax and take_along_axis."""
    pair = x.reshape(len(x), 2, -1)
    which = np.argmax(pair, axis=1)[:, None]
    y = np.take_along_axis(pair, which, axis=1)[:, 0]

    def backward(d):
        dpair = np.zeros_like(pair)
        np.put_along_axis(dpair, which, zeros(d.y, y)[:, None], axis=1)
        return {"x": dpair.reshape(x.shape)}

    return Halved(y), backward


def softmax_jacobian(x: Float[Array, "B V"]) -> tuple[Distribution, Backward]:
    """Row by row with the full Jacobian diag(p) - p p^T."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)

    def backward(d):
        dp = zeros(d.p, p)
        return {"x": np.stack([(np.diag(row) - np.outer(row, row)) @ g for row, g in zip(p, dp, strict=True)])}

    return Distribution(p), backward


def log_softmax(x: Float[Array, "B V"]) -> tuple[Distribution, Backward]:
    """x - log(sum(exp(x))), unshifted; dx = dy - p sum(dy)."""
    y = x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))

    def backward(d):
        dy = zeros(d.p, y)
        return {"x": dy - np.exp(y) * dy.sum(axis=1, keepdims=True)}

    return Distribution(y), backward


def sparsemax(x: Float[Array, "B V"]) -> tuple[Distribution, Backward]:
    """The projection on the simplex, by sorting."""
    p = np.zeros_like(x)
    for b, row in enumerate(x):
        z = np.sort(row)[::-1]
        sums = np.cumsum(z)
        k = max(i + 1 for i in range(len(z)) if 1 + (i + 1) * z[i] > sums[i])
        p[b] = np.maximum(row - (sums[k - 1] - 1) / k, 0)

    def backward(d):
        support = (p > 0).astype(x.dtype)
        dy = zeros(d.p, p) * support
        return {"x": support * (dy - dy.sum(axis=1, keepdims=True) / support.sum(axis=1, keepdims=True))}

    return Distribution(p), backward
