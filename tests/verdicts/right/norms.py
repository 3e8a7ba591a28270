"""Norms over features, the batch, time and groups; shifts before a norm that cancels them."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Backward, Rows, Steps, zeros


class Weight(NamedTuple):
    w: Float[Array, "H I"]


class Grouped(NamedTuple):
    y: Float[Array, "B 2*H"]


def layer_norm(x: Float[Array, "T B H"], gain: Float[Array, " H"], bias: Float[Array, " H"]) -> tuple[Steps, Backward]:
    """By np.mean and np.var."""
    mu, var = np.mean(x, axis=-1, keepdims=True), np.var(x, axis=-1, keepdims=True)
    sd = np.sqrt(var + 1e-5)
    xhat = (x - mu) / sd
    y = gain * xhat + bias

    def backward(d):
        dy = zeros(d.ys, y)
        dxhat = dy * gain
        mean_1, mean_2 = dxhat.mean(axis=-1, keepdims=True), (dxhat * xhat).mean(axis=-1, keepdims=True)
        dx = (dxhat - mean_1 - xhat * mean_2) / sd
        return {"x": dx, "gain": (dy * xhat).sum(axis=(0, 1)), "bias": dy.sum(axis=(0, 1))}

    return Steps(y), backward


def layer_norm_in_steps(x: Float[Array, "B H"], gain: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """The graph of course notes, one node after the other, its backward through the variance and the mean."""
    H = x.shape[1]
    mu = 1.0 / H * np.sum(x, axis=1, keepdims=True)
    xmu = x - mu
    var = 1.0 / H * np.sum(xmu**2, axis=1, keepdims=True)
    sqrtvar = np.sqrt(var + 1e-3)
    ivar = 1.0 / sqrtvar
    y = gain * (xmu * ivar)

    def backward(d):
        dy = zeros(d.y, y)
        dgain = np.sum(dy * (xmu * ivar), axis=0)
        dxhat = dy * gain
        divar = np.sum(dxhat * xmu, axis=1, keepdims=True)
        dsqrtvar = -1.0 / (sqrtvar**2) * divar
        dvar = 0.5 * ivar * dsqrtvar
        dsq = 1.0 / H * np.ones_like(x) * dvar
        dxmu = dxhat * ivar + 2 * xmu * dsq
        dmu = -1 * np.sum(dxmu, axis=1, keepdims=True)
        dx = dxmu + 1.0 / H * np.ones_like(x) * dmu
        return {"x": dx, "gain": dgain}

    return Rows(y), backward


def shift_before_layer_norm(
    x: Float[Array, "B H"], shift: Float[Array, " B"], offset: Float[Array, ""]
) -> tuple[Rows, Backward]:
    """What is added to every feature of a row cancels: dshift = doffset = 0, computed as sums."""
    z = x + shift[:, None] + offset
    centred = z - z.mean(axis=1, keepdims=True)
    r = 1 / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + 1e-3)
    y = centred * r

    def backward(d):
        dy = zeros(d.y, y)
        dz = r * (dy - dy.mean(axis=1, keepdims=True) - y * (dy * y).mean(axis=1, keepdims=True))
        return {"x": dz, "shift": dz.sum(axis=1), "offset": dz.sum()}

    return Rows(y), backward


def bias_before_batch_norm(
    x: Float[Array, "B I"], weight: Float[Array, "H I"], bias: Float[Array, " H"]
) -> tuple[Rows, Backward]:
    """A linear layer whose bias the norm over the batch takes away."""
    z = x @ weight.T + bias
    mu, var = z.mean(axis=0), z.var(axis=0)
    y = (z - mu) / np.sqrt(var + 1e-2)

    def backward(d):
        dy = zeros(d.y, y)
        dz = (dy - dy.mean(axis=0) - y * np.mean(dy * y, axis=0)) / np.sqrt(var + 1e-2)
        return {"x": dz @ weight, "weight": dz.T @ x, "bias": dz.sum(axis=0)}

    return Rows(y), backward


def batch_norm(x: Float[Array, "B H"], gain: Float[Array, " H"], bias: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """Over the axis B: the one-line backward, N dy - sum dy - xhat sum dy xhat."""
    N = len(x)
    mean = x.sum(axis=0) / N
    istd = 1 / np.sqrt(((x - mean) ** 2).sum(axis=0) / N + 1e-3)
    xhat = (x - mean) * istd
    y = xhat * gain + bias

    def backward(d):
        dy = zeros(d.y, y)
        dgain, dbias = (dy * xhat).sum(axis=0), dy.sum(axis=0)
        dx = gain * istd / N * (N * dy - dbias - xhat * dgain)
        return {"x": dx, "gain": dgain, "bias": dbias}

    return Rows(y), backward


def batch_norm_steps(x: Float[Array, "T B H"], gain: Float[Array, " H"]) -> tuple[Steps, Backward]:
    """Over T and B together, flattened first."""
    flat = x.reshape(-1, x.shape[2])
    mu = flat.mean(0)
    inv = (flat.var(0) + 1e-3) ** -0.5
    xhat = (flat - mu) * inv
    y = (xhat * gain).reshape(x.shape)

    def backward(d):
        dy = zeros(d.ys, y).reshape(flat.shape)
        dxhat = dy * gain
        dx = inv * (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0))
        return {"x": dx.reshape(x.shape), "gain": (dy * xhat).sum(0)}

    return Steps(y), backward


def centred_over_batch(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """x minus its mean over the batch."""
    y = x - x.mean(axis=0)

    def backward(d):
        dy = zeros(d.y, y)
        return {"x": dy - dy.mean(axis=0)}

    return Rows(y), backward


def rms_norm(x: Float[Array, "T B H"], gain: Float[Array, " H"]) -> tuple[Steps, Backward]:
    """Written with mean(x^2)^(-1/2)."""
    r = (np.mean(x**2, axis=-1, keepdims=True) + 1e-6) ** -0.5
    y = x * r * gain

    def backward(d):
        dy = zeros(d.ys, y)
        g = dy * gain
        dx = r * g - x * r**3 * np.mean(g * x, axis=-1, keepdims=True)
        return {"x": dx, "gain": np.einsum("tbh,tbh->h", dy, x * r)}

    return Steps(y), backward


def group_norm(x: Float[Array, "B 2*H"], gain: Float[Array, " 2"]) -> tuple[Grouped, Backward]:
    """Two groups of features, each with a gain."""
    B, H = x.shape[0], x.shape[1] // 2
    g = x.reshape(B, 2, H)
    mu = g.mean(axis=2, keepdims=True)
    sd = np.sqrt(((g - mu) ** 2).mean(axis=2, keepdims=True) + 1e-3)
    n = (g - mu) / sd
    y = (n * gain[:, None]).reshape(B, 2 * H)

    def backward(d):
        dy = zeros(d.y, y).reshape(B, 2, H)
        dn = dy * gain[:, None]
        dg = (dn - dn.mean(axis=2, keepdims=True) - n * (dn * n).mean(axis=2, keepdims=True)) / sd
        return {"x": dg.reshape(B, 2 * H), "gain": (dy * n).sum(axis=(0, 2))}

    return Grouped(y), backward


def instance_norm(x: Float[Array, "T B H"]) -> tuple[Steps, Backward]:
    """Over time, for each row and feature; of one step y = 0 and dx = 0."""
    mu = x.mean(axis=0)
    sd = np.sqrt(np.mean((x - mu) ** 2, axis=0) + 1e-3)
    y = (x - mu) / sd

    def backward(d):
        dy = zeros(d.ys, y)
        return {"x": (dy - dy.mean(axis=0) - y * (dy * y).mean(axis=0)) / sd}

    return Steps(y), backward


def unit_rows(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """x / |x| by np.linalg.norm; of one feature y = +-1 and dx = 0."""
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    y = x / norm

    def backward(d):
        dy = zeros(d.y, y)
        return {"x": (dy - y * (dy * y).sum(axis=1, keepdims=True)) / norm}

    return Rows(y), backward


def p_norm(x: Float[Array, "B H"], *, p: Literal[1, 2] = 1) -> tuple[Rows, Backward]:
    """x over the sum of its absolute values, or over its length."""
    size = np.abs(x).sum(axis=1, keepdims=True) if p == 1 else np.sqrt((x * x).sum(axis=1, keepdims=True))
    y = x / size

    def backward(d):
        dy = zeros(d.y, y)
        along = (dy * y).sum(axis=1, keepdims=True)
        return {"x": (dy - along * (np.sign(x) if p == 1 else y)) / size}

    return Rows(y), backward


def weight_norm(v: Float[Array, "H I"], g: Float[Array, " H"]) -> tuple[Weight, Backward]:
    """w = g v / |v|, row by row."""
    norms = np.sqrt(np.einsum("hi,hi->h", v, v))
    w = v * (g / norms)[:, None]

    def backward(d):
        dw = zeros(d.w, w)
        dg = (dw * v).sum(axis=1) / norms
        return {"v": (g / norms)[:, None] * dw - (g * dg / norms**2)[:, None] * v, "g": dg}

    return Weight(w), backward


def modulated_norm(
    x: Float[Array, "B H"], style: Float[Array, "B I"], w_gain: Float[Array, "H I"], w_shift: Float[Array, "H I"]
) -> tuple[Rows, Backward]:
    """Layer norm whose gain 1 + W s and shift come from another input, with the unbiased variance at H + 1."""
    mu = x.mean(axis=1, keepdims=True)
    var = ((x - mu) ** 2).sum(axis=1, keepdims=True) / (x.shape[1] + 1)
    inv = 1 / np.sqrt(var + 0.01)
    n = (x - mu) * inv
    scale = 1 + style @ w_gain.T
    y = n * scale + style @ w_shift.T

    def backward(d):
        dy = zeros(d.y, y)
        dn, dscale = dy * scale, dy * n
        dvar_n = (dn * n).sum(axis=1, keepdims=True) / (x.shape[1] + 1)
        dx = inv * (dn - dn.mean(axis=1, keepdims=True) - n * dvar_n)
        dstyle = dscale @ w_gain + dy @ w_shift
        return {"x": dx, "style": dstyle, "w_gain": dscale.T @ style, "w_shift": dy.T @ style}

    return Rows(y), backward


def unit_rows_by_cube(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """x / |x|, row by row; back as the book has it, over the cube of the norm."""
    size = np.sqrt((x * x).sum(axis=1, keepdims=True))

    def backward(d):
        dy = zeros(d.y, x)
        return {"x": dy / size - x * (x * dy).sum(axis=1, keepdims=True) / size**3}

    return Rows(x / size), backward
