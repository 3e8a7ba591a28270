"""Masks and positions: -inf, -1e9, a finite value, lengths, windows, distances, rotations."""

import math
from typing import Annotated, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from tests.verdicts.right.attention import softmax, softmax_backward
from tests.verdicts.right.outputs import Array, Attended, Backward, Batched, Loss, Rows, Steps, zeros


class Probabilities(NamedTuple):
    p: Float[Array, "B V"]


class Turned(NamedTuple):
    ys: Float[Array, "T B 2*H"]


def causal(q: Float[Array, "T H"], k: Float[Array, "T H"], v: Float[Array, "T H"]) -> tuple[Attended, Backward]:
    """Scores of later keys are -inf."""
    scores = np.where(np.tri(len(q), dtype=bool), q @ k.T / math.sqrt(q.shape[1]), -np.inf)
    p = softmax(scores)
    y = p @ v

    def backward(d):
        dy = zeros(d.ys, y)
        ds = softmax_backward(p, dy @ v.T) / math.sqrt(q.shape[1])
        return {"q": ds @ k, "k": ds.T @ q, "v": p.T @ dy}

    return Attended(y), backward


def masked_by(value):
    def masked(logits: Float[Array, "B V"], keep: Bool[Array, "B V"]) -> tuple[Probabilities, Backward]:
        """What is not kept has a very small logit; the probabilities are tiny and not zero."""
        p = softmax(np.where(keep, logits, value))

        def backward(d):
            return {"logits": softmax_backward(p, zeros(d.p, p)) * keep}

        return Probabilities(p), backward

    return masked


masked_at_30, masked_at_40, masked_at_1e9 = masked_by(-30.0), masked_by(-40.0), masked_by(-1e9)


def mask_added(
    scores: Float[Array, "T S"], v: Float[Array, "S H"], keep: Bool[Array, " S"]
) -> tuple[Attended, Backward]:
    """A padding mask added to the scores as (1 - m) * -35, in the habit of BERT."""
    m = keep.astype(scores.dtype)
    p = softmax(scores + (1 - m) * -35.0)
    y = p @ v

    def backward(d):
        dy = zeros(d.ys, y)
        return {"scores": softmax_backward(p, dy @ v.T), "v": p.T @ dy}

    return Attended(y), backward


def masked_after(
    scores: Float[Array, "T S"], v: Float[Array, "S H"], keep: Bool[Array, "T S"]
) -> tuple[Attended, Backward]:
    """Masked after exp and divided by what is left, plus a little, for nothing may be."""
    e = np.exp(scores) * keep
    total = e.sum(axis=1, keepdims=True) + 1e-3
    y = e @ v / total

    def backward(d):
        dy = zeros(d.ys, y)
        p = e / total
        return {"scores": p * (dy @ v.T - (dy * y).sum(axis=1, keepdims=True)), "v": p.T @ dy}

    return Attended(y), backward


def window(
    q: Float[Array, "T H"], k: Float[Array, "T H"], v: Float[Array, "T H"], bias: Float[Array, "3"]
) -> tuple[Attended, Backward]:
    """Each step sees itself and the two before, with a bias by distance; the window starts narrow."""
    y, kept = np.zeros_like(q), []
    for t in range(len(q)):
        first = max(0, t - 2)
        s = k[first : t + 1] @ q[t] + bias[: t + 1 - first][::-1]
        p = softmax(s)
        y[t] = p @ v[first : t + 1]
        kept.append((first, p))

    def backward(d):
        dy = zeros(d.ys, y)
        dq, dk, dv, dbias = (np.zeros_like(a) for a in (q, k, v, bias))
        for t, (first, p) in enumerate(kept):
            near = slice(first, t + 1)
            ds = softmax_backward(p, v[near] @ dy[t])
            dq[t] = ds @ k[near]
            dk[near] += ds[:, None] * q[t]
            dv[near] += p[:, None] * dy[t]
            dbias[: t + 1 - first] += ds[::-1]
        return {"q": dq, "k": dk, "v": dv, "bias": dbias}

    return Attended(y), backward


def distance_bias(
    scores: Float[Array, "T T"], v: Float[Array, "T H"], slope: Float[Array, ""]
) -> tuple[Attended, Backward]:
    """ALiBi: softmax(scores - softplus(slope) |t - s|)."""
    positions = np.arange(len(v))
    distance = np.abs(positions[:, None] - positions).astype(scores.dtype)
    rate = np.log1p(np.exp(slope))
    p = softmax(scores - rate * distance)
    y = p @ v

    def backward(d):
        dy = zeros(d.ys, y)
        ds = softmax_backward(p, dy @ v.T)
        return {"scores": ds, "v": p.T @ dy, "slope": -(ds * distance).sum() / (1 + np.exp(-slope))}

    return Attended(y), backward


def rotary(x: Float[Array, "T B 2*H"], gain: Float[Array, " H"]) -> tuple[Turned, Backward]:
    """Pairs turned by position * frequency; the pair (x_h, x_{h+H}), each times a gain."""
    H = len(gain)
    angle = np.outer(np.arange(len(x)), 100.0 ** (-np.arange(H) / H))
    cos, sin = np.cos(angle).astype(x.dtype)[:, None], np.sin(angle).astype(x.dtype)[:, None]
    a, b = x[..., :H], x[..., H:]
    left, right = a * cos - b * sin, a * sin + b * cos
    y = np.concatenate([left * gain, right * gain], axis=-1)

    def backward(d):
        dy = zeros(d.ys, y)
        dl, dr = dy[..., :H] * gain, dy[..., H:] * gain
        dgain = (dy[..., :H] * left + dy[..., H:] * right).sum(axis=(0, 1))
        return {"x": np.concatenate([dl * cos + dr * sin, dr * cos - dl * sin], axis=-1), "gain": dgain}

    return Turned(y), backward


def positions_added(x: Float[Array, "B T H"], table: Float[Array, "T H"]) -> tuple[Batched, Backward]:
    """tanh(x + learned positions + a ramp)."""
    ramp = np.linspace(0, 1, x.shape[1])[:, None].astype(x.dtype)
    y = np.tanh(x + table + ramp)

    def backward(d):
        dz = zeros(d.ys, y) * (1 - y * y)
        return {"x": dz, "table": dz.sum(axis=0)}

    return Batched(y), backward


def ragged_mean(
    x: Float[Array, "T B H"], lengths: Annotated[Int[Array, " B"], "0 <= lengths <= T"]
) -> tuple[Rows, Backward]:
    """The mean of the steps before each row's length; an empty row gives 0."""
    mask = (np.arange(len(x))[:, None] < lengths).astype(x.dtype)[..., None]
    count = np.maximum(lengths, 1).astype(x.dtype)[:, None]
    y = (x * mask).sum(axis=0) / count

    def backward(d):
        return {"x": mask * (zeros(d.y, y) / count)}

    return Rows(y), backward


def last_valid(
    x: Float[Array, "B T H"], lengths: Annotated[Int[Array, " B"], "1 <= lengths <= T"]
) -> tuple[Rows, Backward]:
    """The step before the end of each row, by fancy indexing."""
    rows = np.arange(len(x))
    y = x[rows, lengths - 1]

    def backward(d):
        dx = np.zeros_like(x)
        dx[rows, lengths - 1] = zeros(d.y, y)
        return {"x": dx}

    return Rows(y), backward


def dropped(x: Float[Array, "T B H"], keep: Bool[Array, "T B H"]) -> tuple[Steps, Backward]:
    """Inverted dropout of a quarter, by a boolean index."""
    y = x / 0.75
    y[~keep] = 0

    def backward(d):
        dx = zeros(d.ys, y) / 0.75
        dx[~keep] = 0
        return {"x": dx}

    return Steps(y), backward


def discounted_error(x: Float[Array, "T B H"], target: Float[Array, "T B H"]) -> tuple[Loss, Backward]:
    """sum_t 0.9^t |x_t - target_t|^2 / 2: a weight by position."""
    weight = (0.9 ** np.arange(len(x))).astype(x.dtype)[:, None, None]
    error = x - target
    loss = (weight * error * error).sum() / 2

    def backward(d):
        dx = zeros(d.loss, loss) * weight * error
        return {"x": dx, "target": -dx}

    return Loss(loss), backward
