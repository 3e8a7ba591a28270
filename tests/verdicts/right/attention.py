"""Attention as it is written in public; in half of these a gradient is zero by algebra."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Attended, Backward, Rows, zeros


class Heads(NamedTuple):
    ys: Float[Array, "B T N*H"]


def softmax(scores):
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def softmax_backward(p, dp):
    return p * (dp - (p * dp).sum(axis=-1, keepdims=True))


def flash(q: Float[Array, "T H"], k: Float[Array, "S H"], v: Float[Array, "S H"]) -> tuple[Attended, Backward]:
    """FlashAttention's form: log-sum-exp kept, p recomputed, delta = rowsum(do * o). One key makes dq = dk = 0."""
    scale = q.shape[1] ** -0.5
    s = q @ k.T * scale
    m = s.max(axis=1, keepdims=True)
    lse = m + np.log(np.exp(s - m).sum(axis=1, keepdims=True))
    o = np.exp(s - lse) @ v

    def backward(d):
        do = zeros(d.ys, o)
        p = np.exp(q @ k.T * scale - lse)
        delta = (do * o).sum(axis=1, keepdims=True)
        ds = p * (do @ v.T - delta) * scale
        return {"q": ds @ k, "k": ds.T @ q, "v": p.T @ do}

    return Attended(o), backward


def flash_causal(q: Float[Array, "T H"], k: Float[Array, "T H"], v: Float[Array, "T H"]) -> tuple[Attended, Backward]:
    """As flash, row by row over the keys up to its own: of the first row dq is 0."""
    T, H = q.shape
    o, lse = np.zeros_like(q), np.zeros_like(q[:, 0])
    for t in range(T):
        s = k[: t + 1] @ q[t] / math.sqrt(H)
        m = s.max()
        lse[t] = m + np.log(np.exp(s - m).sum())
        o[t] = np.exp(s - lse[t]) @ v[: t + 1]

    def backward(d):
        do = zeros(d.ys, o)
        dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
        for t in range(T):
            p = np.exp(k[: t + 1] @ q[t] / math.sqrt(H) - lse[t])
            ds = p * (v[: t + 1] @ do[t] - do[t] @ o[t]) / math.sqrt(H)
            dq[t] = ds @ k[: t + 1]
            dk[: t + 1] += np.outer(ds, q[t])
            dv[: t + 1] += np.outer(p, do[t])
        return {"q": dq, "k": dk, "v": dv}

    return Attended(o), backward


def streaming(q: Float[Array, "T H"], k: Float[Array, "S H"], v: Float[Array, "S H"]) -> tuple[Attended, Backward]:
    """Online softmax: one key after the other, with a running maximum, sum and average."""
    m = q @ k[0]
    total, o = 1 + 0 * m, 0 * q + v[0]
    for s in range(1, len(k)):
        score = q @ k[s]
        new = np.maximum(m, score)
        old, weight = total * np.exp(m - new), np.exp(score - new)
        total = old + weight
        o = (o * old[:, None] + weight[:, None] * v[s]) / total[:, None]
        m = new

    def backward(d):
        do = zeros(d.ys, o)
        dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
        for s in range(len(k)):
            p = np.exp(q @ k[s] - m) / total
            ds = p * ((do * v[s]).sum(1) - (do * o).sum(1))
            dq = dq + ds[:, None] * k[s]
            dk[s] = ds @ q
            dv[s] = p @ do
        return {"q": dq, "k": dk, "v": dv}

    return Attended(o), backward


def biased_keys(
    x: Float[Array, "T H"],
    w_q: Float[Array, "H H"],
    w_k: Float[Array, "H H"],
    w_v: Float[Array, "H H"],
    b_q: Float[Array, " H"],
    b_k: Float[Array, " H"],
    b_v: Float[Array, " H"],
) -> tuple[Attended, Backward]:
    """Self-attention with three biases; that of the keys shifts every score of a row, so its gradient is 0."""
    q, k, v = x @ w_q.T + b_q, x @ w_k.T + b_k, x @ w_v.T + b_v
    p = softmax(q @ k.T / math.sqrt(x.shape[1]))
    y = p @ v

    def backward(d):
        dy = zeros(d.ys, y)
        ds = softmax_backward(p, dy @ v.T) / math.sqrt(x.shape[1])
        dq, dk, dv = ds @ k, ds.T @ q, p.T @ dy
        return {
            "x": dq @ w_q + dk @ w_k + dv @ w_v,
            "w_q": dq.T @ x,
            "w_k": dk.T @ x,
            "w_v": dv.T @ x,
            "b_q": dq.sum(axis=0),
            "b_k": dk.sum(axis=0),
            "b_v": dv.sum(axis=0),
        }

    return Attended(y), backward


def biased_keys_known(
    x: Float[Array, "T H"], w_q: Float[Array, "H H"], w_k: Float[Array, "H H"], b_k: Float[Array, " H"]
) -> tuple[Attended, Backward]:
    """The author knows that a bias on the keys cancels, and returns zeros for it."""
    q, k = x @ w_q.T, x @ w_k.T + b_k
    p = softmax(q @ k.T)
    y = p @ x

    def backward(d):
        dy = zeros(d.ys, y)
        ds = softmax_backward(p, dy @ x.T)
        dq, dk = ds @ k, ds.T @ q
        dx = p.T @ dy + dq @ w_q + dk @ w_k
        return {"x": dx, "w_q": dq.T @ x, "w_k": dk.T @ x, "b_k": np.zeros_like(b_k)}

    return Attended(y), backward


def biased_rows(
    scores: Float[Array, "T S"], shift: Float[Array, " T"], v: Float[Array, "S H"]
) -> tuple[Attended, Backward]:
    """A shift of every score of a query, whose gradient is 0, summed as if it were not."""
    p = softmax(scores + shift[:, None])
    y = p @ v

    def backward(d):
        dy = zeros(d.ys, y)
        ds = softmax_backward(p, dy @ v.T)
        return {"scores": ds, "shift": ds.sum(axis=1), "v": p.T @ dy}

    return Attended(y), backward


def one_value(q: Float[Array, "T H"], k: Float[Array, "S H"], v: Float[Array, " H"]) -> tuple[Attended, Backward]:
    """All keys have the same value: whatever is attended to, y = v, so dq = dk = 0."""
    p = softmax(q @ k.T)
    values = np.repeat(v[None], len(k), axis=0)
    y = p @ values

    def backward(d):
        dy = zeros(d.ys, y)
        ds = softmax_backward(p, dy @ values.T)
        return {"q": ds @ k, "k": ds.T @ q, "v": (p.T @ dy).sum(axis=0)}

    return Attended(y), backward


def additive(
    q: Float[Array, "T H"], k: Float[Array, "S H"], w: Float[Array, " H"], c: Float[Array, ""]
) -> tuple[Attended, Backward]:
    """Bahdanau's scores w . tanh(q + k) + c; the constant c has no gradient."""
    hidden = np.tanh(q[:, None, :] + k[None, :, :])
    p = softmax(hidden @ w + c)
    y = p @ k

    def backward(d):
        dy = zeros(d.ys, y)
        ds = softmax_backward(p, dy @ k.T)
        dz = ds[..., None] * w * (1 - hidden**2)
        dw = (ds[..., None] * hidden).sum(axis=(0, 1))
        return {"q": dz.sum(axis=1), "k": p.T @ dy + dz.sum(axis=0), "w": dw, "c": ds.sum()}

    return Attended(y), backward


def multi_head(
    x: Float[Array, "B T N*H"], w_qkv: Float[Array, "3*N*H N*H"], head: Float[Array, "N H"]
) -> tuple[Heads, Backward]:
    """Three projections in one matrix, heads by reshape and transpose, and a gain a head."""
    (B, T, E), (N, H) = x.shape, head.shape
    qkv = (x @ w_qkv.T).reshape(B, T, 3, N, H).transpose(2, 0, 3, 1, 4)
    q, k, v = qkv[0], qkv[1], qkv[2]
    p = softmax(q @ k.transpose(0, 1, 3, 2) * H**-0.5)
    o = p @ v
    y = (o * head[:, None, :]).transpose(0, 2, 1, 3).reshape(B, T, E)

    def backward(d):
        dy = zeros(d.ys, y).reshape(B, T, N, H).transpose(0, 2, 1, 3)
        do = dy * head[:, None, :]
        ds = softmax_backward(p, do @ v.transpose(0, 1, 3, 2)) * H**-0.5
        dqkv = np.stack([ds @ k, ds.transpose(0, 1, 3, 2) @ q, p.transpose(0, 1, 3, 2) @ do])
        dqkv = dqkv.transpose(1, 3, 0, 2, 4).reshape(B * T, 3 * E)
        return {
            "x": (dqkv @ w_qkv).reshape(B, T, E),
            "w_qkv": dqkv.T @ x.reshape(B * T, E),
            "head": (dy * o).sum(axis=(0, 2)),
        }

    return Heads(y), backward


def pooled(x: Float[Array, "B T H"], query: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """One learned query looks at each sequence; of one step dquery is 0."""
    p = softmax(np.einsum("bth,h->bt", x, query))
    y = np.einsum("bt,bth->bh", p, x)

    def backward(d):
        dy = zeros(d.y, y)
        ds = softmax_backward(p, np.einsum("bh,bth->bt", dy, x))
        dx = p[:, :, None] * dy[:, None, :] + ds[:, :, None] * query
        return {"x": dx, "query": np.einsum("bt,bth->h", ds, x)}

    return Rows(y), backward


def linear_attention(
    q: Float[Array, "T H"], k: Float[Array, "S H"], v: Float[Array, "S H"]
) -> tuple[Attended, Backward]:
    """phi(q) (phi(k)^T v) over phi(q) . sum phi(k), where phi = elu + 1; of one key dq = dk = 0."""
    fq, fk = feature(q), feature(k)
    state, total = fk.T @ v, fk.sum(axis=0)
    norm = (fq @ total)[:, None]
    y = fq @ state / norm

    def backward(d):
        dy = zeros(d.ys, y) / norm
        dnorm = -(dy * y).sum(axis=1, keepdims=True)
        dfq = dy @ state.T + dnorm * total
        dfk = v @ (fq.T @ dy).T + (dnorm * fq).sum(axis=0)
        return {"q": dfq * np.minimum(fq, 1), "k": dfk * np.minimum(fk, 1), "v": fk @ (fq.T @ dy)}

    return Attended(y), backward


def feature(x):
    return np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))
