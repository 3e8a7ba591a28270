"""Code that writes in place, into copies and buffers of its own."""

from typing import Annotated, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from tests.verdicts.right.outputs import Array, Backward, Loss, Rows, Steps, Vector, zeros


class Distribution(NamedTuple):
    p: Float[Array, "B V"]


class Kept(NamedTuple):
    y: Float[Array, "B H"]
    hidden: Float[Array, "B H"]


def softmax_in_place(x: Float[Array, "B V"]) -> tuple[Distribution, Backward]:
    """One copy, then -=, np.exp(out=) and /=."""
    p = x.copy()
    p -= p.max(axis=1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=1, keepdims=True)

    def backward(d):
        dx = zeros(d.p, p) * p
        total = dx.sum(axis=1, keepdims=True)
        dx -= p * total
        return {"x": dx}

    return Distribution(p.copy()), backward


def relu_in_place(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """A copy whose negative entries are overwritten; the gradient likewise."""
    y = np.array(x)
    y[y < 0] = 0

    def backward(d):
        dx = np.array(zeros(d.y, y))
        dx[x <= 0] = 0
        return {"x": dx}

    return Rows(y), backward


def accumulated(x: Float[Array, "T B I"], w: Float[Array, "H I"], b: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """acc += tanh(W x_t + b) for every step; += into gradients too."""
    acc = np.zeros((x.shape[1], len(b)), dtype=x.dtype)
    hidden = np.empty((len(x), x.shape[1], len(b)), dtype=x.dtype)
    for t in range(len(x)):
        hidden[t] = x[t] @ w.T
        hidden[t] += b
        hidden[t] = np.tanh(hidden[t])
        acc += hidden[t]

    def backward(d):
        dy = zeros(d.y, acc)
        dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
        for t in range(len(x)):
            dz = dy * (1 - hidden[t] ** 2)
            dx[t] += dz @ w
            dw += dz.T @ x[t]
            db += dz.sum(axis=0)
        return {"x": dx, "w": dw, "b": db}

    return Rows(acc), backward


def embedding_mean(
    table: Float[Array, "V H"], tokens: Annotated[Int[Array, "T B"], "0 <= tokens < V"]
) -> tuple[Rows, Backward]:
    """Rows looked up and averaged; np.add.at for the same row met twice."""
    y = table[tokens].mean(axis=0)

    def backward(d):
        dtable = np.zeros_like(table)
        dy = zeros(d.y, y) / len(tokens)
        np.add.at(dtable, tokens, np.broadcast_to(dy, (*tokens.shape, dy.shape[1])))
        return {"table": dtable}

    return Rows(y), backward


def segment_sum(
    x: Float[Array, "T H"], owner: Annotated[Int[Array, " T"], "0 <= owner < B"], w: Float[Array, "B H"]
) -> tuple[Rows, Backward]:
    """y_b = w_b * the sum of the x_t that b owns, which may be none."""
    total = np.zeros_like(w)
    for t, b in enumerate(owner):
        total[b] += x[t]
    y = w * total

    def backward(d):
        dy = zeros(d.y, y)
        return {"x": (dy * w)[owner], "w": dy * total}

    return Rows(y), backward


def swapped_columns(x: Float[Array, "B H"], w: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """The columns are reversed in place on a copy, scaled, and reversed back."""
    z = x.copy()
    z[:, :] = z[:, ::-1].copy()
    z *= w
    y = z[:, ::-1]

    def backward(d):
        dz = zeros(d.y, y)[:, ::-1].copy()
        dw = (dz * x[:, ::-1]).sum(axis=0)
        dz *= w
        return {"x": dz[:, ::-1], "w": dw}

    return Rows(y.copy()), backward


def residual_in_place(x: Float[Array, "B H"], w: Float[Array, "H H"], v: Float[Array, "H H"]) -> tuple[Kept, Backward]:
    """h = x; h += tanh(W h); h += tanh(V h): the backward adds to one running gradient; hidden is an output."""
    h = x.copy()
    a = np.tanh(h @ w.T)
    h += a
    hidden = h.copy()
    b = np.tanh(h @ v.T)
    h += b

    def backward(d):
        dh = zeros(d.y, h).copy()
        dz = dh * (1 - b * b)
        dv = dz.T @ hidden
        dh += dz @ v
        dh += zeros(d.hidden, hidden)
        dz = dh * (1 - a * a)
        dw = dz.T @ x
        dh += dz @ w
        return {"x": dh, "w": dw, "v": dv}

    return Kept(h, hidden), backward


def scatter_last(
    x: Float[Array, "T H"], slot: Annotated[Int[Array, " T"], "0 <= slot < B"], memory: Float[Array, "B H"]
) -> tuple[Rows, Backward]:
    """A memory written slot by slot: a later write replaces an earlier one, which gets no gradient."""
    y = memory.copy()
    for t in range(len(x)):
        y[slot[t]] = x[t]

    def backward(d):
        dmemory = zeros(d.y, y).copy()
        dx = np.zeros_like(x)
        for t in reversed(range(len(x))):
            dx[t] = dmemory[slot[t]]
            dmemory[slot[t]] = 0
        return {"x": dx, "memory": dmemory}

    return Rows(y), backward


def two_buffers(x: Float[Array, "T B H"], h_0: Float[Array, "B H"]) -> tuple[Steps, Backward]:
    """Two buffers swapped at each step, as in C; what the backward needs is copied out."""
    now, after = h_0.copy(), np.empty_like(h_0)
    ys = np.empty_like(x)
    for t in range(len(x)):
        after[:] = np.tanh(now + x[t])
        now, after = after, now
        ys[t] = now

    def backward(d):
        dys = zeros(d.ys, ys)
        grad, dx = np.zeros_like(h_0), np.empty_like(x)
        for t in range(len(x) - 1, -1, -1):
            grad += dys[t]
            grad *= 1 - ys[t] ** 2
            dx[t] = grad
        return {"x": dx, "h_0": grad}

    return Steps(ys.copy()), backward


def masked_fill(x: Float[Array, "B H"], keep: Bool[Array, "B H"], fill: Float[Array, " H"]) -> tuple[Rows, Backward]:
    """np.where by hand: y[~keep] takes the fill value of its column."""
    y = x.copy()
    y[~keep] = np.broadcast_to(fill, x.shape)[~keep]

    def backward(d):
        dx, dfill = zeros(d.y, y).copy(), zeros(d.y, y).copy()
        dx[~keep] = 0
        dfill[keep] = 0
        return {"x": dx, "fill": dfill.sum(axis=0)}

    return Rows(y), backward


def gradients_in_a_dict(x: Float[Array, " H"], w: Float[Array, " H"]) -> tuple[Vector, Backward]:
    """A network in a dict of parameters, with gradients set to zero and added to."""
    params, grads = {"x": x, "w": w}, {}
    y = np.sin(params["x"]) * params["w"]

    def backward(d):
        for name, value in params.items():
            grads[name] = np.zeros_like(value)
        dy = zeros(d.y, y)
        grads["w"] += dy * np.sin(x)
        grads["x"] += dy * w * np.cos(x)
        return dict(grads)

    return Vector(y), backward


def weight_decay(w: Float[Array, "H I"], b: Float[Array, " H"]) -> tuple[Loss, Backward]:
    """0.5 * 0.01 * sum w^2, and the bias is not decayed: its gradient is literally zero."""
    loss = 0.5 * 0.01 * np.sum(w * w)

    def backward(d):
        return {"w": 0.01 * w * zeros(d.loss, loss), "b": np.zeros_like(b)}

    return Loss(loss), backward
