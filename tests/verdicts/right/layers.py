"""Layers: einsum, convolutions, pooling, batch-first, gating, tied weights."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Backward, Batched, Loss, Rows, Steps, Vector, zeros


class Convolved(NamedTuple):
    ys: Float[Array, "B O T"]


class Shorter(NamedTuple):
    ys: Float[Array, "T+1 B H"]


class Pairs(NamedTuple):
    d: Float[Array, "B V"]


class Rebuilt(NamedTuple):
    y: Float[Array, "B I"]


def bilinear(
    x: Float[Array, "B I"], w: Float[Array, "H I J"], z: Float[Array, "B J"], b: Float[Array, " H"]
) -> tuple[Rows, Backward]:
    """y_h = x^T W_h z + b_h, all by einsum."""
    y = np.einsum("bi,hij,bj->bh", x, w, z) + b

    def backward(d):
        dy = zeros(d.y, y)
        return {
            "x": np.einsum("bh,hij,bj->bi", dy, w, z),
            "w": np.einsum("bh,bi,bj->hij", dy, x, z),
            "z": np.einsum("bh,hij,bi->bj", dy, w, x),
            "b": np.einsum("bh->h", dy),
        }

    return Rows(y), backward


def factorization_machine(x: Float[Array, "B I"], v: Float[Array, "I H"]) -> tuple[Rows, Backward]:
    """((x V)^2 - x^2 V^2) / 2; of one feature it is 0 by algebra, and so are its gradients."""
    s = x @ v
    y = 0.5 * (s**2 - x**2 @ v**2)

    def backward(d):
        dy = zeros(d.y, y)
        dx = (dy * s) @ v.T - x * (dy @ (v**2).T)
        dv = x.T @ (dy * s) - v * ((x**2).T @ dy)
        return {"x": dx, "v": dv}

    return Rows(y), backward


def experts(x: Float[Array, "B I"], w: Float[Array, "V H I"], gate: Float[Array, "V I"]) -> tuple[Rows, Backward]:
    """A soft mixture of V linear experts; of one expert dgate is 0."""
    s = x @ gate.T
    e = np.exp(s - s.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    outs = np.einsum("vhi,bi->bvh", w, x)
    y = np.einsum("bv,bvh->bh", p, outs)

    def backward(d):
        dy = zeros(d.y, y)
        dp = np.einsum("bh,bvh->bv", dy, outs)
        ds = p * (dp - np.einsum("bv,bv->b", p, dp)[:, None])
        dx = np.einsum("bv,bh,vhi->bi", p, dy, w) + ds @ gate
        return {"x": dx, "w": np.einsum("bv,bh,bi->vhi", p, dy, x), "gate": ds.T @ x}

    return Rows(y), backward


def fast_weights(k: Float[Array, "T H"], v: Float[Array, "T H"], q: Float[Array, " H"]) -> tuple[Vector, Backward]:
    """The delta rule: M += (v - M k) k^T / (1 + k.k), then M q."""
    H, steps = len(q), []
    M = np.zeros((H, H), dtype=q.dtype)
    for key, value in zip(k, v, strict=True):
        scale = 1 / (1 + key @ key)
        error = value - M @ key
        steps.append((M, key, error, scale))
        M = M + scale * np.outer(error, key)
    y = M @ q

    def backward(d):
        dy = zeros(d.y, y)
        dM, dk, dv = np.outer(dy, q), np.zeros_like(k), np.zeros_like(v)
        for t in reversed(range(len(k))):
            before, key, error, scale = steps[t]
            derror = scale * (dM @ key)
            dscale = error @ dM @ key
            dk[t] = scale * (error @ dM) - before.T @ derror - 2 * scale**2 * dscale * key
            dv[t] = derror
            dM = dM - np.outer(derror, key)
        return {"k": dk, "v": dv, "q": M.T @ dy}

    return Vector(y), backward


def convolution(
    x: Float[Array, "B I T+2"], w: Float[Array, "O I 3"], b: Float[Array, " O"]
) -> tuple[Convolved, Backward]:
    """Three nested loops, valid padding."""
    B, channels, T = x.shape[0], len(w), x.shape[2] - 2
    y = np.zeros((B, channels, T), dtype=x.dtype)
    for n in range(B):
        for o in range(channels):
            for t in range(T):
                y[n, o, t] = (x[n, :, t : t + 3] * w[o]).sum() + b[o]

    def backward(d):
        dy = zeros(d.ys, y)
        dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
        for n in range(B):
            for o in range(channels):
                for t in range(T):
                    dx[n, :, t : t + 3] += dy[n, o, t] * w[o]
                    dw[o] += dy[n, o, t] * x[n, :, t : t + 3]
                    db[o] += dy[n, o, t]
        return {"x": dx, "w": dw, "b": db}

    return Convolved(y), backward


def convolution_by_windows(x: Float[Array, "B I T+2"], w: Float[Array, "O I 3"]) -> tuple[Convolved, Backward]:
    """sliding_window_view and einsum; dx by the padded upstream and the flipped kernel."""
    windows = np.lib.stride_tricks.sliding_window_view(x, 3, axis=2)
    y = np.einsum("nitk,oik->not", windows, w)

    def backward(d):
        dy = zeros(d.ys, y)
        padded = np.pad(dy, ((0, 0), (0, 0), (2, 2)))
        spread = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=2)
        return {
            "x": np.einsum("notk,oik->nit", spread, w[:, :, ::-1]),
            "w": np.einsum("not,nitk->oik", dy, windows),
        }

    return Convolved(y), backward


def upsampled(x: Float[Array, "T B H"], edge: Float[Array, "B H"]) -> tuple[Shorter, Backward]:
    """Midpoints of neighbours, with a learned edge at both ends."""
    padded = np.concatenate([edge[None], x, edge[None]])
    ys = (padded[1:] + padded[:-1]) / 2

    def backward(d):
        half = zeros(d.ys, ys) / 2
        return {"x": half[1:] + half[:-1], "edge": half[0] + half[-1]}

    return Shorter(ys), backward


def max_over_time(x: Float[Array, "B T H"]) -> tuple[Rows, Backward]:
    """Max pooling over the whole sequence, by comparing with the maximum."""
    y = x.max(axis=1)

    def backward(d):
        return {"x": (x == y[:, None]) * zeros(d.y, y)[:, None]}

    return Rows(y), backward


def average_pool(x: Float[Array, "2*T B H"]) -> tuple[Steps, Backward]:
    """Pairs of steps averaged by reshape; np.repeat back."""
    ys = x.reshape(-1, 2, *x.shape[1:]).mean(axis=1)

    def backward(d):
        return {"x": np.repeat(zeros(d.ys, ys) / 2, 2, axis=0)}

    return Steps(ys), backward


def highway(
    x: Float[Array, "B H"], w: Float[Array, "H H"], v: Float[Array, "H H"], b: Float[Array, " H"]
) -> tuple[Rows, Backward]:
    """x + s(V x + b) (tanh(W x) - x)."""
    a = np.tanh(x @ w.T)
    s = 1 / (1 + np.exp(-(x @ v.T + b)))
    y = x + s * (a - x)

    def backward(d):
        dy = zeros(d.y, y)
        da, ds = dy * s * (1 - a**2), dy * (a - x) * s * (1 - s)
        return {"x": dy * (1 - s) + da @ w + ds @ v, "w": da.T @ x, "v": ds.T @ x, "b": ds.sum(0)}

    return Rows(y), backward


def tied_autoencoder(x: Float[Array, "B I"], w: Float[Array, "H I"], b: Float[Array, " I"]) -> tuple[Rebuilt, Backward]:
    """tanh(x W^T) W + b: one matrix, two uses."""
    h = np.tanh(x @ w.T)
    y = h @ w + b

    def backward(d):
        dy = zeros(d.y, y)
        dz = (dy @ w.T) * (1 - h * h)
        return {"x": dz @ w, "w": h.T @ dy + dz.T @ x, "b": dy.sum(0)}

    return Rebuilt(y), backward


def adapter(
    x: Float[Array, "B T I"], w: Float[Array, "H I"], a: Float[Array, "R I"], b: Float[Array, "H R"]
) -> tuple[Batched, Backward]:
    """LoRA on a batch-first sequence: x (W + B A / 2)^T."""
    low = x @ a.T
    y = x @ w.T + low @ b.T * 0.5

    def backward(d):
        dy = zeros(d.ys, y)
        flat, rows = dy.reshape(-1, dy.shape[2]), x.reshape(-1, x.shape[2])
        dlow = dy @ b * 0.5
        return {
            "x": dy @ w + dlow @ a,
            "w": flat.T @ rows,
            "a": np.tensordot(dlow, x, axes=([0, 1], [0, 1])),
            "b": np.tensordot(dy, low, axes=([0, 1], [0, 1])) * 0.5,
        }

    return Batched(y), backward


def batch_first_mlp(
    x: Float[Array, "B T I"], w_1: Float[Array, "I H"], b_1: Float[Array, " H"], w_2: Float[Array, "H H"]
) -> tuple[Batched, Backward]:
    """Two layers on every step, weights input-first as in Keras."""
    z = np.dot(x, w_1) + b_1
    h = np.maximum(z, 0)
    y = np.dot(h, w_2)

    def backward(d):
        dy = zeros(d.ys, y)
        dz = np.dot(dy, w_2.T) * (z > 0)
        return {
            "x": np.dot(dz, w_1.T),
            "w_1": np.einsum("bti,bth->ih", x, dz),
            "b_1": dz.sum(axis=(0, 1)),
            "w_2": np.einsum("bth,btk->hk", h, dy),
        }

    return Batched(y), backward


def squared_distances(a: Float[Array, "B H"], b: Float[Array, "V H"]) -> tuple[Pairs, Backward]:
    """By broadcasting."""
    difference = a[:, None, :] - b[None, :, :]
    out = (difference**2).sum(axis=-1)

    def backward(d):
        g = 2 * zeros(d.d, out)[..., None] * difference
        return {"a": g.sum(axis=1), "b": -g.sum(axis=0)}

    return Pairs(out), backward


def orthogonality(w: Float[Array, "H I"]) -> tuple[Loss, Backward]:
    """|W W^T - 1|^2 / 4, by np.linalg.norm squared."""
    gap = w @ w.T - np.eye(len(w), dtype=bool)
    loss = np.linalg.norm(gap) ** 2 / 4

    def backward(d):
        return {"w": gap @ w * zeros(d.loss, loss)}

    return Loss(loss), backward


def graph_layer(
    x: Float[Array, "B H"], adjacency: Float[Array, "B B"], w: Float[Array, "H H"]
) -> tuple[Rows, Backward]:
    """Row-normalised positive adjacency: D^-1 A x W with A = exp(adjacency); rows of the batch are nodes."""
    A = np.exp(adjacency)
    degree = A.sum(axis=1, keepdims=True)
    mean = A @ x / degree
    y = mean @ w

    def backward(d):
        dy = zeros(d.y, y)
        dmean = dy @ w.T / degree
        dA = dmean @ x.T - (dmean * mean).sum(axis=1, keepdims=True)
        return {"x": A.T @ dmean, "adjacency": dA * A, "w": mean.T @ dy}

    return Rows(y), backward
