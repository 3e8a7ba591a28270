"""Recurrences in loops, which read more than the last state or return less than all of it."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Backward, Batched, Steps, zeros


class States(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


class CellStates(NamedTuple):
    ys: Float[Array, "T B H"]
    c_T: Float[Array, "B H"]


class LastTwo(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]
    v_T: Float[Array, "B H"]


class Both(NamedTuple):
    ys: Float[Array, "T B 2*H"]


class Logits(NamedTuple):
    os: Float[Array, "T O 1"]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def fed_first_state(
    x: Float[Array, "T B H"], w: Float[Array, "H H"], u: Float[Array, " H"], h_0: Float[Array, "B H"]
) -> tuple[States, Backward]:
    """Every step also reads h_0: h_t = tanh(x_t + W h_{t-1} + u h_0)."""
    h, hs = h_0, []
    for t in range(len(x)):
        h = np.tanh(x[t] + h @ w.T + u * h_0)
        hs.append(h)
    ys = np.stack(hs)

    def backward(d):
        dys, dh = zeros(d.ys, ys), zeros(d.h_T, h)
        dx, dw, du, dh_0 = np.zeros_like(x), np.zeros_like(w), np.zeros_like(u), np.zeros_like(h_0)
        for t in reversed(range(len(x))):
            before = hs[t - 1] if t > 0 else h_0
            dx[t] = (dys[t] + dh) * (1 - hs[t] ** 2)
            dw += dx[t].T @ before
            du += (dx[t] * h_0).sum(axis=0)
            dh_0 += dx[t] * u
            dh = dx[t] @ w
        return {"x": dx, "w": dw, "u": du, "h_0": dh + dh_0}

    return States(ys, h.copy()), backward


def reads_two_inputs(
    x: Float[Array, "T B I"], w: Float[Array, "H I"], v: Float[Array, "H I"], h_0: Float[Array, "B H"]
) -> tuple[States, Backward]:
    """h_t = h_{t-1} / 2 + tanh(W x_t + V x_{t-1}), with x_{-1} = 0."""
    before = np.concatenate([np.zeros_like(x[:1]), x[:-1]])
    a = np.tanh(x @ w.T + before @ v.T)
    hs = [h_0]
    for t in range(len(x)):
        hs.append(0.5 * hs[t] + a[t])
    ys = np.stack(hs[1:])

    def backward(d):
        dys, dh = zeros(d.ys, ys), zeros(d.h_T, h_0)
        da = np.zeros_like(a)
        for t in reversed(range(len(x))):
            da[t] = dys[t] + dh
            dh = 0.5 * da[t]
        dz = da * (1 - a * a)
        dx = dz @ w
        dx[:-1] += dz[1:] @ v
        return {"x": dx, "w": np.einsum("tbh,tbi->hi", dz, x), "v": np.einsum("tbh,tbi->hi", dz, before), "h_0": dh}

    return States(ys, hs[-1].copy()), backward


def reversed_time(
    x: Float[Array, "T B H"], w: Float[Array, "H H"], h_0: Float[Array, "B H"]
) -> tuple[States, Backward]:
    """Runs from the last step to the first; h_T is where it ends, at step 0."""
    T = len(x)
    hs = np.zeros((T + 1, *h_0.shape), dtype=x.dtype)
    hs[T] = h_0
    for t in range(T - 1, -1, -1):
        hs[t] = np.tanh(x[t] + hs[t + 1] @ w.T)

    def backward(d):
        dys, dh = zeros(d.ys, hs[:-1]), zeros(d.h_T, hs[0])
        dz, dw = np.zeros_like(x), np.zeros_like(w)
        for t in range(T):
            dz[t] = (dys[t] + dh) * (1 - hs[t] * hs[t])
            dw += dz[t].T @ hs[t + 1]
            dh = dz[t] @ w
        return {"x": dz, "w": dw, "h_0": dh}

    return States(hs[:-1].copy(), hs[0].copy()), backward


def lstm_cell_out(
    x: Float[Array, "T B I"],
    w: Float[Array, "4*H I+H"],
    b: Float[Array, "4*H"],
    h_0: Float[Array, "B H"],
    c_0: Float[Array, "B H"],
) -> tuple[CellStates, Backward]:
    """An LSTM on [x, h], in dicts keyed by step, that returns c_T and not h_T."""
    H = h_0.shape[1]
    hs, cs, gates, joined = {-1: h_0}, {-1: c_0}, {}, {}
    for t in range(len(x)):
        joined[t] = np.hstack((x[t], hs[t - 1]))
        z = joined[t] @ w.T + b
        i, f, o = sigmoid(z[:, :H]), sigmoid(z[:, H : 2 * H]), sigmoid(z[:, 2 * H : 3 * H])
        g = np.tanh(z[:, 3 * H :])
        cs[t] = f * cs[t - 1] + i * g
        hs[t] = o * np.tanh(cs[t])
        gates[t] = i, f, o, g
    ys = np.stack([hs[t] for t in range(len(x))])

    def backward(d):
        dys, dc_next, dh_next = zeros(d.ys, ys), zeros(d.c_T, c_0), np.zeros_like(h_0)
        dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
        for t in reversed(range(len(x))):
            i, f, o, g = gates[t]
            tc = np.tanh(cs[t])
            dh = dys[t] + dh_next
            dc = dc_next + dh * o * (1 - tc**2)
            dz = np.hstack(
                (dc * g * i * (1 - i), dc * cs[t - 1] * f * (1 - f), dh * tc * o * (1 - o), dc * i * (1 - g**2))
            )
            dw += dz.T @ joined[t]
            db += dz.sum(axis=0)
            dx[t], dh_next = dz @ w[:, : x.shape[2]], dz @ w[:, x.shape[2] :]
            dc_next = dc * f
        return {"x": dx, "w": dw, "b": db, "h_0": dh_next, "c_0": dc_next}

    return CellStates(ys, cs[len(x) - 1].copy()), backward


def skip_connection(x: Float[Array, "T B H"], w: Float[Array, "H H"], v: Float[Array, "H H"]) -> tuple[Steps, Backward]:
    """h_t = tanh(x_t + W h_{t-1} + V h_{t-3}); what was before the start is 0."""
    hs = []
    for t in range(len(x)):
        z = x[t]
        if t >= 1:
            z = z + hs[t - 1] @ w.T
        if t >= 3:
            z = z + hs[t - 3] @ v.T
        hs.append(np.tanh(z))
    ys = np.stack(hs)

    def backward(d):
        dhs = zeros(d.ys, ys).copy()
        dx, dw, dv = np.zeros_like(x), np.zeros_like(w), np.zeros_like(v)
        for t in reversed(range(len(x))):
            dx[t] = dhs[t] * (1 - hs[t] ** 2)
            if t >= 1:
                dhs[t - 1] += dx[t] @ w
                dw += dx[t].T @ hs[t - 1]
            if t >= 3:
                dhs[t - 3] += dx[t] @ v
                dv += dx[t].T @ hs[t - 3]
        return {"x": dx, "w": dw, "v": dv}

    return Steps(ys), backward


def clockwork(x: Float[Array, "T B H"], w: Float[Array, "H H"], h_0: Float[Array, "B H"]) -> tuple[States, Backward]:
    """The state moves at even steps only, counted from the start of the sequence."""
    h, hs = h_0, [h_0]
    for t in range(len(x)):
        if t % 2 == 0:
            h = np.tanh(x[t] + h @ w.T)
        hs.append(h)
    ys = np.stack(hs[1:])

    def backward(d):
        dys, dh = zeros(d.ys, ys), zeros(d.h_T, h)
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for t in reversed(range(len(x))):
            dh = dh + dys[t]
            if t % 2 == 0:
                dx[t] = dh * (1 - hs[t + 1] ** 2)
                dw += dx[t].T @ hs[t]
                dh = dx[t] @ w
        return {"x": dx, "w": dw, "h_0": dh}

    return States(ys, h.copy()), backward


def leapfrog(
    force: Float[Array, "T B H"], k: Float[Array, " H"], h_0: Float[Array, "B H"], v_0: Float[Array, "B H"]
) -> tuple[LastTwo, Backward]:
    """A driven oscillator: v += dt (force - softplus(k) sin h), then h += dt v."""
    dt, stiff = 0.1, np.log(1 + np.exp(-np.abs(k))) + np.maximum(k, 0)
    h, v, hs, vs = h_0, v_0, [h_0], []
    for f in force:
        v = v + dt * (f - stiff * np.sin(h))
        h = h + dt * v
        hs.append(h)
        vs.append(v)
    ys = np.stack(hs[1:])

    def backward(d):
        dys, dh, dv = zeros(d.ys, ys), zeros(d.h_T, h_0), zeros(d.v_T, v_0)
        dforce, dstiff = np.zeros_like(force), np.zeros_like(k)
        for t in range(len(force) - 1, -1, -1):
            dh = dh + dys[t]
            dv = dv + dt * dh
            dforce[t] = dt * dv
            dstiff = dstiff - dt * (dv * np.sin(hs[t])).sum(axis=0)
            dh = dh - dt * dv * stiff * np.cos(hs[t])
        return {"force": dforce, "k": dstiff * sigmoid(k), "h_0": dh, "v_0": dv}

    return LastTwo(ys, hs[-1].copy(), vs[-1].copy()), backward


class GatedUnit:
    """A recurrent layer as a class, with its gradients in attributes."""

    def __init__(self, w_z, w_n):
        self.w_z, self.w_n = w_z, w_n
        self.dw_z, self.dw_n = np.zeros_like(w_z), np.zeros_like(w_n)

    def forward(self, x):
        h = np.zeros_like(x[:, 0, :])
        self.cache, outputs = [], []
        for t in range(x.shape[1]):
            z, n = sigmoid(x[:, t] + h @ self.w_z.T), np.tanh(x[:, t] + h @ self.w_n.T)
            self.cache.append((h, z, n))
            h = z * h + (1 - z) * n
            outputs.append(h)
        return np.stack(outputs, axis=1)

    def backward(self, dout):
        dx, dh = np.zeros_like(dout), np.zeros_like(dout[:, 0])
        for t in range(dout.shape[1])[::-1]:
            h, z, n = self.cache[t]
            dh = dh + dout[:, t]
            dz, dn = dh * (h - n) * z * (1 - z), dh * (1 - z) * (1 - n * n)
            self.dw_z += dz.T @ h
            self.dw_n += dn.T @ h
            dx[:, t] = dz + dn
            dh = dh * z + dz @ self.w_z + dn @ self.w_n
        return dx


def gated_batch_first(
    x: Float[Array, "B T H"], w_z: Float[Array, "H H"], w_n: Float[Array, "H H"]
) -> tuple[Batched, Backward]:
    layer = GatedUnit(w_z, w_n)
    y = layer.forward(x)

    def backward(d):
        layer.dw_z, layer.dw_n = np.zeros_like(w_z), np.zeros_like(w_n)
        dx = layer.backward(zeros(d.ys, y))
        return {"x": dx, "w_z": layer.dw_z, "w_n": layer.dw_n}

    return Batched(y), backward


def both_directions(
    x: Float[Array, "T B H"], w_f: Float[Array, "H H"], w_b: Float[Array, "H H"]
) -> tuple[Both, Backward]:
    """Forth and back in one loop over t and -t-1, concatenated."""
    T, B, H = x.shape
    f, b = np.zeros((T + 1, B, H), x.dtype), np.zeros((T + 1, B, H), x.dtype)
    for t in range(T):
        f[t + 1] = np.tanh(x[t] + f[t] @ w_f.T)
        b[-t - 2] = np.tanh(x[-t - 1] + b[-t - 1] @ w_b.T)
    ys = np.concatenate((f[1:], b[:-1]), axis=-1)

    def backward(d):
        df, db = np.split(zeros(d.ys, ys), 2, axis=-1)
        dx, dw_f, dw_b = np.zeros_like(x), np.zeros_like(w_f), np.zeros_like(w_b)
        nf, nb = np.zeros_like(x[0]), np.zeros_like(x[0])
        for t in range(T):
            k = T - 1 - t
            zf, zb = (df[k] + nf) * (1 - f[k + 1] ** 2), (db[t] + nb) * (1 - b[t] ** 2)
            dx[k] += zf
            dx[t] += zb
            dw_f += zf.T @ f[k]
            dw_b += zb.T @ b[t + 1]
            nf, nb = zf @ w_f, zb @ w_b
        return {"x": dx, "w_f": dw_f, "w_b": dw_b}

    return Both(ys), backward


def column_vectors(
    x: Float[Array, "T I 1"], U: Float[Array, "H I"], W: Float[Array, "H H"], V: Float[Array, "O H"]
) -> tuple[Logits, Backward]:
    """The Elman network of a hundred blog posts: column vectors, np.dot, dicts, one row."""
    xs, hs, os = {}, {}, {}
    hs[-1] = np.zeros((len(W), 1), dtype=x.dtype)
    for t in range(len(x)):
        xs[t] = x[t]
        hs[t] = np.tanh(np.dot(U, xs[t]) + np.dot(W, hs[t - 1]))
        os[t] = np.dot(V, hs[t])
    y = np.array([os[t] for t in range(len(x))])

    def backward(d):
        do = zeros(d.os, y)
        dU, dW, dV, dx = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V), np.zeros_like(x)
        dhnext = np.zeros_like(hs[0])
        for t in reversed(range(len(x))):
            dV += np.dot(do[t], hs[t].T)
            dh = np.dot(V.T, do[t]) + dhnext
            dhraw = (1 - hs[t] * hs[t]) * dh
            dU += np.dot(dhraw, xs[t].T)
            dW += np.dot(dhraw, hs[t - 1].T)
            dx[t] = np.dot(U.T, dhraw)
            dhnext = np.dot(W.T, dhraw)
        return {"x": dx, "U": dU, "W": dW, "V": dV}

    return Logits(y), backward


def recursive(x: Float[Array, "T B H"], w: Float[Array, "H H"]) -> tuple[Steps, Backward]:
    """By recursion instead of a loop: forward(t) calls forward(t - 1)."""
    states = {}

    def state(t):
        if t < 0:
            return 0 * x[0]
        if t not in states:
            states[t] = np.tanh(x[t] + state(t - 1) @ w.T)
        return states[t]

    for t in range(len(x)):
        state(t)
    ys = np.stack([states[t] for t in range(len(x))])

    def backward(d):
        dys = zeros(d.ys, ys)

        def gradient(t):
            if t == len(x):
                return [], 0 * w, 0 * x[0]
            later, dw, dh = gradient(t + 1)
            dz = (dys[t] + dh) * (1 - states[t] ** 2)
            return [dz, *later], dw + dz.T @ state(t - 1), dz @ w

        dx, dw, _ = gradient(0)
        return {"x": np.stack(dx), "w": dw}

    return Steps(ys), backward
