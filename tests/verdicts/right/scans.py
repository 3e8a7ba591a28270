"""Scans: cumulative sums, doubling, chunks, discounted returns, dynamic programs."""

from typing import Annotated, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from tests.verdicts.right.outputs import Array, Attended, Backward, Loss, Rows, Steps, zeros


class Returns(NamedTuple):
    advantages: Float[Array, "T B"]
    returns: Float[Array, "T B"]


class Signal(NamedTuple):
    ys: Float[Array, "T B"]


class Partition(NamedTuple):
    z: Float[Array, " B"]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cumulative_sum(x: Float[Array, "T B H"], gain: Float[Array, "T H"]) -> tuple[Steps, Backward]:
    """np.cumsum forward, and back on the reversed array."""
    sums = np.cumsum(x, axis=0)
    ys = sums * gain[:, None, :]

    def backward(d):
        dys = zeros(d.ys, ys)
        dsums = dys * gain[:, None, :]
        return {"x": np.cumsum(dsums[::-1], axis=0)[::-1], "gain": (dys * sums).sum(axis=1)}

    return Steps(ys), backward


def moving_average(x: Float[Array, "T B H"]) -> tuple[Steps, Backward]:
    """The mean of up to four steps as a difference of two cumulative sums."""
    T = len(x)
    low = np.maximum(np.arange(T) - 3, 0)
    count = (np.arange(T) + 1 - low).astype(x.dtype)[:, None, None]
    sums = np.concatenate([np.zeros_like(x[:1]), np.cumsum(x, axis=0)])
    ys = (sums[1:] - sums[low]) / count

    def backward(d):
        g = zeros(d.ys, ys) / count
        dsums = np.zeros_like(sums)
        dsums[1:] += g
        np.subtract.at(dsums, low, g)
        return {"x": np.cumsum(dsums[::-1], axis=0)[::-1][1:].copy()}

    return Steps(ys), backward


def cumulative_product(gate: Float[Array, "T B H"], start: Float[Array, "B H"]) -> tuple[Steps, Backward]:
    """start times the product of all sigmoids so far; back by the sum of what comes later over the gate."""
    g = sigmoid(gate)
    ys = start * np.cumprod(g, axis=0)

    def backward(d):
        later = np.cumsum((zeros(d.ys, ys) * ys)[::-1], axis=0)[::-1]
        return {"gate": later * (1 - g), "start": (zeros(d.ys, ys) * np.cumprod(g, axis=0)).sum(axis=0)}

    return Steps(ys), backward


def doubling(x: Float[Array, "T B H"], gate: Float[Array, "T B H"]) -> tuple[Steps, Backward]:
    """h_t = s(gate_t) h_{t-1} + x_t in log T passes (Hillis and Steele); the backward is the same scan reversed."""
    a = sigmoid(gate)
    hs = scan(a, x)

    def backward(d):
        dys = zeros(d.ys, hs)
        after = np.concatenate([a[1:], np.zeros_like(a[:1])])
        dx = scan(after[::-1], dys[::-1])[::-1]
        before = np.concatenate([np.zeros_like(hs[:1]), hs[:-1]])
        return {"x": dx, "gate": dx * before * a * (1 - a)}

    return Steps(hs), backward


def scan(a, b):
    a, b, step = a.copy(), b.copy(), 1
    while step < len(a):
        b[step:] = b[step:] + a[step:] * b[:-step]
        a[step:] = a[step:] * a[:-step]
        step *= 2
    return b


def chunked(x: Float[Array, "T B H"], gate: Float[Array, "T H"]) -> tuple[Steps, Backward]:
    """The same recurrence in chunks of five, each by a triangle of products and one carry."""
    T, a = len(x), sigmoid(gate)
    hs, carry = np.zeros_like(x), np.zeros_like(x[0])
    triangles = []
    for first in range(0, T, 5):
        part = a[first : first + 5]
        n = len(part)
        triangle = np.zeros((n, n + 1, part.shape[1]), dtype=x.dtype)
        for i in range(n):
            triangle[i, i + 1] = 1
            for j in range(i, -1, -1):
                triangle[i, j] = triangle[i, j + 1] * part[j]
        rows = np.concatenate([carry[None], x[first : first + n]])
        hs[first : first + n] = np.einsum("ijh,jbh->ibh", triangle, rows)
        carry = hs[first + n - 1]
        triangles.append((first, n, triangle))

    def backward(d):
        dys = zeros(d.ys, hs)
        dx, dcarry = np.zeros_like(x), np.zeros_like(x[0])
        for first, n, triangle in triangles[::-1]:
            dhs = dys[first : first + n].copy()
            dhs[-1] += dcarry
            drows = np.einsum("ijh,ibh->jbh", triangle, dhs)
            dcarry, dx[first : first + n] = drows[0], drows[1:]
        before = np.concatenate([np.zeros_like(hs[:1]), hs[:-1]])
        return {"x": dx, "gate": (dx * before).sum(axis=1) * a * (1 - a)}

    return Steps(hs), backward


def state_space(
    u: Float[Array, "T B"], log_a: Float[Array, " H"], dt: Float[Array, ""], c: Float[Array, " H"]
) -> tuple[Signal, Backward]:
    """A diagonal state space model, discretised: h_t = exp(-softplus(a) s(dt)) h_{t-1} + s(dt) u_t, y_t = c . h_t."""
    rate, step = np.log1p(np.exp(log_a)), sigmoid(dt)
    decay = np.exp(-rate * step)
    hs = np.zeros((len(u) + 1, u.shape[1], len(c)), dtype=u.dtype)
    for t in range(len(u)):
        hs[t + 1] = decay * hs[t] + step * u[t][:, None]
    y = hs[1:] @ c

    def backward(d):
        dy = zeros(d.ys, y)
        dh, ddecay, dstep, du = np.zeros_like(hs[0]), np.zeros_like(c), 0 * step, np.zeros_like(u)
        for t in reversed(range(len(u))):
            dh = dh + dy[t][:, None] * c
            ddecay = ddecay + (dh * hs[t]).sum(axis=0)
            dstep = dstep + (dh * u[t][:, None]).sum()
            du[t] = step * dh.sum(axis=1)
            dh = dh * decay
        dstep = dstep - (ddecay * decay * rate).sum()
        dlog_a = -ddecay * decay * step * sigmoid(log_a)
        return {"u": du, "log_a": dlog_a, "dt": dstep * step * (1 - step), "c": np.einsum("tb,tbh->h", dy, hs[1:])}

    return Signal(y), backward


def retention(q: Float[Array, "T H"], k: Float[Array, "T H"], v: Float[Array, "T H"]) -> tuple[Attended, Backward]:
    """Linear attention with decay 7/8 as a recurrence of an H x H state."""
    S, states, y = np.zeros((q.shape[1], q.shape[1]), dtype=q.dtype), [], np.empty_like(q)
    for t in range(len(q)):
        S = 0.875 * S + np.outer(k[t], v[t])
        states.append(S)
        y[t] = q[t] @ S

    def backward(d):
        dy, dS = zeros(d.ys, y), np.zeros_like(S)
        dq, dk, dv = np.empty_like(q), np.empty_like(k), np.empty_like(v)
        for t in reversed(range(len(q))):
            dq[t] = states[t] @ dy[t]
            dS = dS + np.outer(q[t], dy[t])
            dk[t], dv[t] = dS @ v[t], k[t] @ dS
            dS = 0.875 * dS
        return {"q": dq, "k": dk, "v": dv}

    return Attended(y), backward


def advantages(reward: Float[Array, "T B"], value: Float[Array, "T+1 B"]) -> tuple[Returns, Backward]:
    """Generalised advantage estimation, gamma = 0.9 and lambda = 0.8, running back in time; and the returns."""
    gamma, decay = 0.9, 0.9 * 0.8
    delta = reward + gamma * value[1:] - value[:-1]
    adv, running = np.zeros_like(reward), np.zeros_like(reward[0])
    for t in reversed(range(len(reward))):
        running = delta[t] + decay * running
        adv[t] = running

    def backward(d):
        dadv = zeros(d.advantages, adv) + zeros(d.returns, adv)
        ddelta, carry = np.zeros_like(adv), np.zeros_like(adv[0])
        for t in range(len(adv)):
            carry = dadv[t] + decay * carry
            ddelta[t] = carry
        dvalue = np.zeros_like(value)
        dvalue[1:] += gamma * ddelta
        dvalue[:-1] -= ddelta
        dvalue[:-1] += zeros(d.returns, adv)
        return {"reward": ddelta, "value": dvalue}

    return Returns(adv, adv + value[:-1]), backward


def forward_algorithm(
    emission: Float[Array, "T B H"], transition: Float[Array, "H H"], start: Float[Array, " H"]
) -> tuple[Partition, Backward]:
    """The log partition of a chain: alpha_t = logsumexp over the state before, shifted by the maximum."""
    alphas = [start + emission[0]]
    for t in range(1, len(emission)):
        alphas.append(logsumexp(alphas[-1][:, :, None] + transition, 1) + emission[t])
    z = logsumexp(alphas[-1], 1)

    def backward(d):
        dalpha = zeros(d.z, z)[:, None] * np.exp(alphas[-1] - z[:, None])
        demission, dtransition = np.zeros_like(emission), np.zeros_like(transition)
        for t in range(len(emission) - 1, 0, -1):
            demission[t] = dalpha
            s = alphas[t - 1][:, :, None] + transition
            p = np.exp(s - s.max(axis=1, keepdims=True))
            joint = p / p.sum(axis=1, keepdims=True) * dalpha[:, None, :]
            dtransition += joint.sum(axis=0)
            dalpha = joint.sum(axis=2)
        demission[0] = dalpha
        return {"emission": demission, "transition": dtransition, "start": dalpha.sum(axis=0)}

    return Partition(z), backward


def logsumexp(s, axis):
    m = s.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(s - m).sum(axis=axis, keepdims=True))).squeeze(axis)


def chain_score(
    emission: Float[Array, "T H"], transition: Float[Array, "H H"], tags: Annotated[Int[Array, " T"], "0 <= tags < H"]
) -> tuple[Loss, Backward]:
    """The score of one path through a chain, summed step by step; of one step dtransition is 0."""
    score = emission[0, tags[0]]
    for t in range(1, len(tags)):
        score = score + transition[tags[t - 1], tags[t]] + emission[t, tags[t]]

    def backward(d):
        dloss = zeros(d.loss, score)
        demission, dtransition = np.zeros_like(emission), np.zeros_like(transition)
        demission[np.arange(len(tags)), tags] = dloss
        np.add.at(dtransition, (tags[:-1], tags[1:]), dloss)
        return {"emission": demission, "transition": dtransition}

    return Loss(score), backward


def soft_alignment(cost: Float[Array, "N M"]) -> tuple[Loss, Backward]:
    """Soft dynamic time warping: r_ij = c_ij - log sum exp(-r) of three neighbours; back through the same table."""
    N, M = cost.shape
    r, ways = {}, {}
    for i in range(N):
        for j in range(M):
            before = [k for k in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if k in r]
            if not before:
                r[i, j] = cost[i, j]
                continue
            low = min(r[k] for k in before)
            e = [np.exp(low - r[k]) for k in before]
            total = sum(e)
            r[i, j] = cost[i, j] + low - np.log(total)
            ways[i, j] = [(k, w / total) for k, w in zip(before, e, strict=True)]
    loss = r[N - 1, M - 1]

    def backward(d):
        dr = dict.fromkeys(r, 0)
        dr[N - 1, M - 1] = zeros(d.loss, loss)
        dcost = np.zeros_like(cost)
        for i in reversed(range(N)):
            for j in reversed(range(M)):
                dcost[i, j] = dr[i, j]
                for k, weight in ways.get((i, j), ()):
                    dr[k] = dr[k] + weight * dr[i, j]
        return {"cost": dcost}

    return Loss(loss), backward


def horner(coefficients: Float[Array, "T H"], x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    """A polynomial in tanh(x) by Horner's rule: a scan over its coefficients."""
    z = np.tanh(x)
    y, partial = np.zeros_like(z), []
    for c in coefficients:
        partial.append(y)
        y = y * z + c

    def backward(d):
        dy, dz = zeros(d.y, y), np.zeros_like(z)
        dc = np.zeros_like(coefficients)
        for t in reversed(range(len(coefficients))):
            dc[t] = dy.sum(axis=0)
            dz = dz + dy * partial[t]
            dy = dy * z
        return {"coefficients": dc, "x": dz * (1 - z * z)}

    return Rows(y), backward
