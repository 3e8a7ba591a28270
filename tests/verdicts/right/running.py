"""Running statistics and what depends on the step's number: halves of a sequence cannot be chained by their state."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from tests.verdicts.right.outputs import Array, Backward, Steps, zeros


class Normed(NamedTuple):
    y: Float[Array, "B H"]
    mean_T: Float[Array, " H"]
    var_T: Float[Array, " H"]


class Moments(NamedTuple):
    ys: Float[Array, "T B H"]
    m_T: Float[Array, "B H"]


class TwoMoments(NamedTuple):
    ys: Float[Array, "T B H"]
    m_T: Float[Array, "B H"]
    v_T: Float[Array, "B H"]


class Trained(NamedTuple):
    w_T: Float[Array, " H"]


def running_batch_norm(
    x: Float[Array, "B H"], gain: Float[Array, " H"], mean_0: Float[Array, " H"], var_0: Float[Array, " H"]
) -> tuple[Normed, Backward]:
    """Batch norm in training: the running mean and variance are outputs, and move a tenth of the way."""
    mu, var = x.mean(axis=0), x.var(axis=0)
    mean_T, var_T = 0.9 * mean_0 + 0.1 * mu, 0.9 * var_0 + 0.1 * var
    sd = np.sqrt(var + 1e-2)
    xhat = (x - mu) / sd
    y = gain * xhat

    def backward(d):
        dy, dmean, dvar = zeros(d.y, y), zeros(d.mean_T, mean_T), zeros(d.var_T, var_T)
        dxhat = dy * gain
        dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / sd
        dx += 0.1 / len(x) * (dmean + 2 * dvar * (x - mu))
        return {"x": dx, "gain": (dy * xhat).sum(axis=0), "mean_0": 0.9 * dmean, "var_0": 0.9 * dvar}

    return Normed(y, mean_T, var_T), backward


def cumulative_mean(x: Float[Array, "T B H"], m_0: Float[Array, "B H"]) -> tuple[Moments, Backward]:
    """m_t = m_{t-1} + (x_t - m_{t-1}) / (t + 1)."""
    m, ys = m_0, []
    for t in range(len(x)):
        m = m + (x[t] - m) / (t + 1)
        ys.append(m)
    ys = np.stack(ys)

    def backward(d):
        dys, carry = zeros(d.ys, ys), zeros(d.m_T, m)
        dx = np.zeros_like(x)
        for t in range(len(x) - 1, -1, -1):
            dm = dys[t] + carry
            dx[t] = dm / (t + 1)
            carry = dm * (1 - 1 / (t + 1))
        return {"x": dx, "m_0": carry}

    return Moments(ys, m.copy()), backward


def decaying_recurrence(
    x: Float[Array, "T B H"], w: Float[Array, "H H"], m_0: Float[Array, "B H"]
) -> tuple[Moments, Backward]:
    """h_t = tanh(x_t + W h_{t-1} / (t + 1))."""
    hs = [m_0]
    for t in range(len(x)):
        hs.append(np.tanh(x[t] + hs[-1] @ w.T / (t + 1)))
    ys = np.array(hs[1:])

    def backward(d):
        dys, dh = zeros(d.ys, ys), zeros(d.m_T, hs[-1])
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for t in reversed(range(len(x))):
            dz = (dys[t] + dh) * (1 - hs[t + 1] ** 2)
            dx[t] = dz
            dw += dz.T @ hs[t] / (t + 1)
            dh = dz @ w / (t + 1)
        return {"x": dx, "w": dw, "m_0": dh}

    return Moments(ys, hs[-1].copy()), backward


def bias_corrected_average(x: Float[Array, "T B H"], m_0: Float[Array, "B H"]) -> tuple[Moments, Backward]:
    """m_t = 0.9 m_{t-1} + 0.1 x_t, seen as m_t / (1 - 0.9^(t+1))."""
    m, ys = m_0, np.zeros_like(x)
    for t in range(len(x)):
        m = 0.9 * m + (1 - 0.9) * x[t]
        ys[t] = m / (1 - 0.9 ** (t + 1))

    def backward(d):
        dys, dm = zeros(d.ys, ys), zeros(d.m_T, m)
        dx = np.zeros_like(x)
        for t in reversed(range(len(x))):
            dm = dm + dys[t] / (1 - 0.9 ** (t + 1))
            dx[t] = (1 - 0.9) * dm
            dm = 0.9 * dm
        return {"x": dx, "m_0": dm}

    return Moments(ys, m.copy()), backward


def adam_direction(
    g: Float[Array, "T B H"], m_0: Float[Array, "B H"], v_0: Float[Array, "B H"]
) -> tuple[TwoMoments, Backward]:
    """Adam's steps: both moments bias-corrected, and the square root of the second."""
    b1, b2 = 0.8, 0.9
    ms, vs, ys = [m_0], [v_0**2], []
    for t in range(len(g)):
        ms.append(b1 * ms[t] + (1 - b1) * g[t])
        vs.append(b2 * vs[t] + (1 - b2) * g[t] ** 2)
        mhat, vhat = ms[-1] / (1 - b1 ** (t + 1)), vs[-1] / (1 - b2 ** (t + 1))
        ys.append(mhat / np.sqrt(vhat + 0.01))
    ys = np.stack(ys)

    def backward(d):
        dys, dm, dv = zeros(d.ys, ys), zeros(d.m_T, m_0), zeros(d.v_T, v_0)
        dg = np.zeros_like(g)
        for t in range(len(g))[::-1]:
            c1, c2 = 1 - b1 ** (t + 1), 1 - b2 ** (t + 1)
            root = np.sqrt(vs[t + 1] / c2 + 0.01)
            dm = dm + dys[t] / root / c1
            dv = dv - 0.5 * dys[t] * ms[t + 1] / c1 / root**3 / c2
            dg[t] = (1 - b1) * dm + 2 * (1 - b2) * g[t] * dv
            dm, dv = b1 * dm, b2 * dv
        return {"g": dg, "m_0": dm, "v_0": 2 * v_0 * dv}

    return TwoMoments(ys, ms[-1].copy(), vs[-1].copy()), backward


def running_variance(x: Float[Array, "T B H"]) -> tuple[Steps, Backward]:
    """Welford: mean and sum of squares move with each step; y_t = the variance so far."""
    mean, m2 = np.zeros_like(x[0]), np.zeros_like(x[0])
    ys, ahead, behind = np.zeros_like(x), [], []
    for t in range(len(x)):
        delta = x[t] - mean
        mean = mean + delta / (t + 1)
        m2 = m2 + delta * (x[t] - mean)
        ys[t] = m2 / (t + 1)
        ahead.append(delta)
        behind.append(x[t] - mean)

    def backward(d):
        dys = zeros(d.ys, ys)
        dx, dmean, dm2 = np.zeros_like(x), np.zeros_like(mean), np.zeros_like(mean)
        for t in reversed(range(len(x))):
            dm2 = dm2 + dys[t] / (t + 1)
            dnew = dmean - dm2 * ahead[t]
            ddelta = dm2 * behind[t] + dnew / (t + 1)
            dx[t] = dm2 * ahead[t] + ddelta
            dmean = dnew - ddelta
        return {"x": dx}

    return Steps(ys), backward


def running_maximum(x: Float[Array, "T B H"]) -> tuple[Steps, Backward]:
    """y_t = max(x_0 .. x_t): each step's gradient goes to the one that holds the record."""
    ys = np.maximum.accumulate(x, axis=0)

    def backward(d):
        dys = zeros(d.ys, ys)
        dx, carry = np.zeros_like(x), np.zeros_like(x[0])
        for t in reversed(range(len(x))):
            carry = carry + dys[t]
            record = x[t] >= ys[t]
            dx[t] = np.where(record, carry, 0)
            carry = np.where(record, 0, carry)
        return {"x": dx}

    return Steps(ys), backward


def momentum_descent(
    target: Float[Array, "T H"], w_0: Float[Array, " H"], rate: Float[Array, ""]
) -> tuple[Trained, Backward]:
    """T steps of descent on |w - target_t|^2 / 2 with momentum, and a rate that falls with 1/sqrt(t + 1)."""
    eta = 0.5 / (1 + np.exp(-rate))
    w, v, cache = w_0, 0 * w_0, []
    for t in range(len(target)):
        gradient = w - target[t]
        v = 0.5 * v + gradient
        cache.append(v)
        w = w - eta * v / (t + 1) ** 0.5

    def backward(d):
        dw, dv, deta = zeros(d.w_T, w), 0 * w_0, 0 * rate
        dtarget = np.zeros_like(target)
        for t in reversed(range(len(target))):
            step = (t + 1) ** 0.5
            deta = deta - (dw * cache[t]).sum() / step
            dv = dv - eta / step * dw
            dtarget[t] = -dv
            dw = dw + dv
            dv = 0.5 * dv
        return {"target": dtarget, "w_0": dw, "rate": deta * eta * (1 - 2 * eta)}

    return Trained(w), backward


def time_fed(x: Float[Array, "T B H"], w: Float[Array, " H"], m_0: Float[Array, "B H"]) -> tuple[Moments, Backward]:
    """The clock is an input: h_t = sigmoid(x_t + w t / T) h_{t-1} + x_t."""
    T = len(x)
    hs, gates = np.empty((T + 1, *m_0.shape), dtype=x.dtype), np.empty(x.shape, dtype=x.dtype)
    hs[0] = m_0
    for t in range(T):
        gates[t] = 1 / (1 + np.exp(-(x[t] + w * (t / T))))
        hs[t + 1] = gates[t] * hs[t] + x[t]

    def backward(d):
        dys, dh = zeros(d.ys, hs[1:]), zeros(d.m_T, hs[0])
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for t in reversed(range(T)):
            dh = dh + dys[t]
            dz = dh * hs[t] * gates[t] * (1 - gates[t])
            dx[t] = dh + dz
            dw += dz.sum(axis=0) * (t / T)
            dh = dh * gates[t]
        return {"x": dx, "w": dw, "m_0": dh}

    return Moments(hs[1:].copy(), hs[-1].copy()), backward
