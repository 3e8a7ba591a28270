"""Buffers and constants in plain float64, as most people write them: right, and narrowed where the input is float32."""

from typing import Annotated, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from tests.verdicts.right.outputs import Array, Attended, Backward, Rows, Steps, zeros


class Distribution(NamedTuple):
    p: Float[Array, "B V"]


def elman(x: Float[Array, "T B I"], w: Float[Array, "H I"], u: Float[Array, "H H"]) -> tuple[Steps, Backward]:
    """h = np.zeros((T + 1, B, H)), and so are all gradients; cast at the end."""
    T, B, H = len(x), x.shape[1], len(w)
    h = np.zeros((T + 1, B, H))
    for t in range(T):
        h[t + 1] = np.tanh(x[t] @ w.T + h[t] @ u.T)
    ys = h[1:].astype(x.dtype)

    def backward(d):
        dys = zeros(d.ys, ys)
        dx, dw, du = np.zeros(x.shape), np.zeros(w.shape), np.zeros(u.shape)
        dh = np.zeros((B, H))
        for t in reversed(range(T)):
            dz = (dys[t] + dh) * (1 - h[t + 1] ** 2)
            dx[t] = dz @ w
            dw += dz.T @ x[t]
            du += dz.T @ h[t]
            dh = dz @ u
        return {"x": dx.astype(x.dtype), "w": dw.astype(x.dtype), "u": du.astype(x.dtype)}

    return Steps(ys), backward


def one_hot_cross_entropy(
    logits: Float[Array, "B V"], labels: Annotated[Int[Array, " B"], "0 <= labels < V"]
) -> tuple[Distribution, Backward]:
    """np.eye(V)[labels], a float64 array; the output is -y log p, entry by entry."""
    y = np.eye(logits.shape[1])[labels]
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    out = (-y * np.log(p)).astype(logits.dtype)

    def backward(d):
        g = (zeros(d.p, out) * y).sum(axis=1, keepdims=True)
        return {"logits": (g * (p - y)).astype(logits.dtype)}

    return Distribution(out), backward


def scaled_attention(
    q: Float[Array, "T H"], k: Float[Array, "S H"], v: Float[Array, "S H"]
) -> tuple[Attended, Backward]:
    """np.sqrt(d) is a float64 scalar, which widens float32 arrays."""
    root = np.sqrt(q.shape[-1])
    s = q @ k.T / root
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    y = (p @ v).astype(q.dtype)

    def backward(d):
        dy = zeros(d.ys, y)
        dp = dy @ v.T
        ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True)) / root
        return {n: g.astype(q.dtype) for n, g in (("q", ds @ k), ("k", ds.T @ q), ("v", p.T @ dy))}

    return Attended(y), backward


def dropout_mask(x: Float[Array, "B H"], keep: Bool[Array, "B H"]) -> tuple[Rows, Backward]:
    """np.where(keep, 1.25, 0.0) is float64."""
    mask = np.where(keep, 1.25, 0.0)
    y = np.asarray(np.sin(x) * mask, dtype=x.dtype)

    def backward(d):
        return {"x": np.asarray(zeros(d.y, y) * mask * np.cos(x), dtype=x.dtype)}

    return Rows(y), backward


def moving_filter(x: Float[Array, "T B H"], w: Float[Array, "3"]) -> tuple[Steps, Backward]:
    """np.empty, np.ones and np.zeros without a dtype."""
    T = len(x)
    padded = np.zeros((T + 2, *x.shape[1:]))
    padded[2:] = x
    out = np.empty(x.shape)
    for t in range(T):
        out[t] = np.ones(1) * (w[0] * padded[t] + w[1] * padded[t + 1] + w[2] * padded[t + 2])
    ys = out.astype(x.dtype)

    def backward(d):
        dys = zeros(d.ys, ys)
        dpadded, dw = np.zeros(padded.shape), np.zeros(3)
        for j in range(3):
            dpadded[j : j + T] += w[j] * dys
            dw[j] = (dys * padded[j : j + T]).sum()
        return {"x": dpadded[2:].astype(x.dtype), "w": dw.astype(x.dtype)}

    return Steps(ys), backward


def narrow_mask(x: Float[Array, "T B H"], keep: Bool[Array, "T B"]) -> tuple[Steps, Backward]:
    """A mask of 0 and 1 and a scale of 1/2 in float32: nothing is rounded by it."""
    mask = keep[..., None].astype(np.float32) * np.float32(0.5)
    ys = np.tanh(x) * mask

    def backward(d):
        return {"x": zeros(d.ys, ys) * mask * (1 - np.tanh(x) ** 2)}

    return Steps(ys), backward
