"""Densities, filters and small linear algebra."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Backward, Loss, Losses, Rows, zeros


class Filtered(NamedTuple):
    means: Float[Array, "T B"]
    p_T: Float[Array, " B"]


class Flow(NamedTuple):
    y: Float[Array, "B H"]
    log_det: Float[Array, " B"]


class Pair(NamedTuple):
    x: Float[Array, "B 2"]


class Columns(NamedTuple):
    x: Float[Array, "H B"]


class Norm(NamedTuple):
    sigma: Float[Array, ""]


class Line(NamedTuple):
    slope: Float[Array, ""]
    intercept: Float[Array, ""]


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def mixture(
    x: Float[Array, " B"], weight: Float[Array, " H"], mean: Float[Array, " H"], raw: Float[Array, " H"]
) -> tuple[Losses, Backward]:
    """The log density of a mixture of normals, up to a constant; of one component dweight is 0."""
    logw = weight - np.log(np.exp(weight).sum())
    sd = softplus(raw) + 0.1
    z = (x[:, None] - mean) / sd
    terms = logw - 0.5 * z * z - np.log(sd)
    top = terms.max(axis=1, keepdims=True)
    losses = (top + np.log(np.exp(terms - top).sum(axis=1, keepdims=True)))[:, 0]

    def backward(d):
        r = np.exp(terms - losses[:, None]) * zeros(d.losses, losses)[:, None]
        dmean = r * z / sd
        draw = (r * (z * z - 1) / sd).sum(axis=0) * sigmoid(raw)
        dlogw = r.sum(axis=0)
        return {
            "x": -dmean.sum(axis=1),
            "weight": dlogw - np.exp(logw) * dlogw.sum(),
            "mean": dmean.sum(axis=0),
            "raw": draw,
        }

    return Losses(losses), backward


def normalizing_flow(
    x: Float[Array, "B H"], shift: Float[Array, "B H"], log_scale: Float[Array, "B H"]
) -> tuple[Flow, Backward]:
    """An affine coupling y = x exp(tanh s) + t, and its log determinant."""
    s = np.tanh(log_scale)
    e = np.exp(s)
    y = x * e + shift
    log_det = s.sum(axis=1)

    def backward(d):
        dy, dl = zeros(d.y, y), zeros(d.log_det, log_det)
        ds = dy * x * e + dl[:, None]
        return {"x": dy * e, "shift": dy.copy(), "log_scale": ds * (1 - s * s)}

    return Flow(y, log_det), backward


def kalman(
    z: Float[Array, "T B"], q: Float[Array, ""], r: Float[Array, ""], x_0: Float[Array, " B"]
) -> tuple[Filtered, Backward]:
    """A scalar Kalman filter with variances softplus(q) and softplus(r); the gain changes with the step."""
    Q, R = softplus(q), softplus(r)
    x, p, means, kept = x_0, 1 + 0 * x_0, [], []
    for t in range(len(z)):
        prior = p + Q
        gain = prior / (prior + R)
        kept.append((x, prior, gain))
        x = x + gain * (z[t] - x)
        p = (1 - gain) * prior
        means.append(x)
    means = np.stack(means)

    def backward(d):
        dmeans, dp = zeros(d.means, means), zeros(d.p_T, p)
        dx, dz, dQ, dR = np.zeros_like(x_0), np.zeros_like(z), 0 * q, 0 * r
        for t in range(len(z) - 1, -1, -1):
            before, prior, gain = kept[t]
            dx = dx + dmeans[t]
            dgain = dx * (z[t] - before) - dp * prior
            dz[t] = dx * gain
            dx = dx * (1 - gain)
            total = prior + R
            dprior = dp * (1 - gain) + dgain * R / total**2
            dR = dR - (dgain * prior / total**2).sum()
            dQ = dQ + dprior.sum()
            dp = dprior
        return {"z": dz, "q": dQ * sigmoid(q), "r": dR * sigmoid(r), "x_0": dx}

    return Filtered(means, p.copy()), backward


def solve_two(a: Float[Array, "B 2 2"], b: Float[Array, "B 2"]) -> tuple[Pair, Backward]:
    """(A A^T + 1) x = b of two unknowns by Cramer's rule; back by solving the transpose."""
    m = a @ a.transpose(0, 2, 1)
    p, q, s = m[:, 0, 0] + 1, m[:, 0, 1], m[:, 1, 1] + 1
    det = p * s - q * q

    def solve(v):
        return np.stack([s * v[:, 0] - q * v[:, 1], p * v[:, 1] - q * v[:, 0]], axis=1) / det[:, None]

    x = solve(b)

    def backward(d):
        db = solve(zeros(d.x, x))
        dm = -db[:, :, None] * x[:, None, :]
        return {"a": (dm + dm.transpose(0, 2, 1)) @ a, "b": db}

    return Pair(x), backward


def solve(a: Float[Array, "H H"], b: Float[Array, "H B"]) -> tuple[Columns, Backward]:
    """np.linalg.solve of (A A^T + 1) x = b."""
    m = a @ a.T + np.eye(len(a), dtype=a.dtype)
    x = np.linalg.solve(m, b)

    def backward(d):
        db = np.linalg.solve(m.T, zeros(d.x, x))
        dm = -db @ x.T
        return {"a": (dm + dm.T) @ a, "b": db}

    return Columns(x), backward


def log_determinant(a: Float[Array, "H H"]) -> tuple[Loss, Backward]:
    """log det(A A^T + 1) by np.linalg.slogdet, its gradient by np.linalg.inv."""
    m = a @ a.T + np.eye(len(a), dtype=a.dtype)
    loss = np.linalg.slogdet(m)[1]

    def backward(d):
        return {"a": 2 * np.linalg.inv(m) @ a * zeros(d.loss, loss)}

    return Loss(loss), backward


def newton_root(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """1 / sqrt(1 + x^2) in five Newton steps, unrolled; the backward unrolls them too."""
    s = 1 + x * x
    y, steps = 1 / s, []
    for _ in range(5):
        steps.append(y)
        y = y * (1.5 - 0.5 * s * y * y)

    def backward(d):
        dy, ds = zeros(d.y, y), np.zeros_like(x)
        for before in reversed(steps):
            ds = ds - 0.5 * dy * before**3
            dy = dy * (1.5 - 1.5 * s * before**2)
        ds = ds - dy / s**2
        return {"x": 2 * x * ds}

    return Rows(y), backward


def power_iteration(w: Float[Array, "H I"], u: Float[Array, " H"]) -> tuple[Norm, Backward]:
    """|W^T u| / |u|, the estimate of spectral normalization, with the gradient to both."""
    v = w.T @ u
    norm_v, norm_u = np.sqrt(v @ v), np.sqrt(u @ u)
    sigma = norm_v / norm_u

    def backward(d):
        ds = zeros(d.sigma, sigma)
        dv = ds * v / (np.where(norm_v == 0, 1, norm_v) * norm_u)
        return {"w": np.outer(u, dv), "u": w @ dv - ds * sigma * u / norm_u**2}

    return Norm(sigma), backward


def ridge(x: Float[Array, " B"], y: Float[Array, " B"]) -> tuple[Line, Backward]:
    """The line of least squares through the batch, with a little added to the variance."""
    xc, yc = x - x.mean(), y - y.mean()
    sxx, sxy = (xc * xc).sum() + 1, (xc * yc).sum()
    slope = sxy / sxx
    intercept = y.mean() - slope * x.mean()

    def backward(d):
        di = zeros(d.intercept, intercept)
        dslope = zeros(d.slope, slope) - di * x.mean()
        dsxy, dsxx = dslope / sxx, -dslope * slope / sxx
        dx = dsxy * yc + 2 * dsxx * xc - di * slope / len(x)
        dy = dsxy * xc + di / len(x)
        return {"x": dx, "y": dy}

    return Line(slope, intercept), backward
