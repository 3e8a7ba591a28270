"""Right units that are more, or less, than one recurrent cell: bugs of layers are planted in them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Complex, Float

from manual.layers.activation import logistic

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Ys(NamedTuple):
    ys: Float[Array, "T B H"]


class ComplexYs(NamedTuple):
    ys: Complex[Array, "T B H"]


def two_layers(
    x: Float[Array, "T B H"],
    weight_1: Float[Array, "H H"],
    bias_1: Float[Array, " H"],
    weight_2: Float[Array, "H H"],
    bias_2: Float[Array, " H"],
    keep: Bool[Array, "T B H"],
) -> tuple[Ys, Callable[[Ys], Gradients]]:
    """Two Elman layers, h_t = tanh(x_t + W h_{t-1} + b), with dropout of one half between them."""
    mask = np.where(keep, 2, 0).astype(x.dtype)
    lower, lower_backward = layer(x, weight_1, bias_1)
    dropped = lower * mask
    upper, upper_backward = layer(dropped, weight_2, bias_2)

    def backward(d: Ys) -> Gradients:
        dys = np.zeros_like(upper) if d.ys is None else d.ys
        ddropped, dweight_2, dbias_2 = upper_backward(dys)
        dx, dweight_1, dbias_1 = lower_backward(ddropped * mask)
        return {"x": dx, "weight_1": dweight_1, "bias_1": dbias_1, "weight_2": dweight_2, "bias_2": dbias_2}

    return Ys(upper.copy()), backward


def both_ways(
    x: Float[Array, "T B H"], weight: Float[Array, "H H"], bias: Float[Array, " H"]
) -> tuple[Ys, Callable[[Ys], Gradients]]:
    """One Elman layer run from both ends with the same parameters; the outputs are added."""
    forth, forth_backward = layer(x, weight, bias)
    back, back_backward = layer(x[::-1], weight, bias)
    ys = forth + back[::-1]

    def backward(d: Ys) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        dx, dweight, dbias = forth_backward(dys)
        dx_back, dweight_back, dbias_back = back_backward(dys[::-1])
        dx = dx + dx_back[::-1]
        dweight = dweight + dweight_back
        dbias = dbias + dbias_back
        return {"x": dx, "weight": dweight, "bias": dbias}

    return Ys(ys), backward


def layer(x: Array, weight: Array, bias: Array) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    hs = np.zeros((len(x) + 1, *x.shape[1:]), x.dtype)
    for t in range(len(x)):
        hs[t + 1] = np.tanh(x[t] + hs[t] @ weight.T + bias)

    def backward(dys: Array) -> tuple[Array, Array, Array]:
        dz, carry = np.zeros_like(hs[1:]), np.zeros_like(hs[0])
        for t in reversed(range(len(x))):
            dz[t] = (dys[t] + carry) * (1 - hs[t + 1] * hs[t + 1])
            carry = dz[t] @ weight
        rows = dz.reshape(-1, len(weight))
        return dz, rows.T @ hs[:-1].reshape(rows.shape), rows.sum(axis=0)

    return hs[1:], backward


def complex_recurrence(
    x: Complex[Array, "T B H"], a: Complex[Array, " H"]
) -> tuple[ComplexYs, Callable[[ComplexYs], Gradients]]:
    """h_t = a * h_{t-1} + x_t, h_0 = 0."""
    hs = np.zeros((len(x) + 1, *x.shape[1:]), x.dtype)
    for t in range(len(x)):
        hs[t + 1] = a * hs[t] + x[t]

    def backward(d: ComplexYs) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dx, da, carry = np.zeros_like(x), np.zeros_like(a), np.zeros_like(hs[0])
        for t in reversed(range(len(x))):
            dx[t] = dys[t] + carry
            da = da + (dx[t] * hs[t].conj()).sum(axis=0)
            carry = a.conj() * dx[t]
        return {"x": dx, "a": da}

    return ComplexYs(hs[1:].copy()), backward


def min_gru(
    x: Float[Array, "T B H"], gate: Float[Array, "T B H"], h_0: Float[Array, "B H"]
) -> tuple[Ys, Callable[[Ys], Gradients]]:
    """h_t = (1 - z_t) * h_{t-1} + z_t * x_t with z = s(gate), in parallel: decays multiplied up, no state is kept."""
    T, z = len(x), logistic(gate)
    values = np.concatenate((h_0[None], z * x))
    decay = np.concatenate((0 * h_0[None], 1 - z))
    factor = np.zeros((T + 1, *values.shape), values.dtype)
    for s in range(T + 1):
        factor[s, s] = 1 + 0 * values[s]
        for t in range(s, T):
            factor[t + 1, s] = factor[t, s] * decay[t + 1]
    hs = (factor * values).sum(axis=1)

    def backward(d: Ys) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dh = np.concatenate((0 * h_0[None], dys))
        dvalues = (factor * dh[:, None]).sum(axis=0)
        dz = dvalues[1:] * (x - hs[:-1])
        return {"x": dvalues[1:] * z, "gate": dz * z * (1 - z), "h_0": dvalues[0]}

    return Ys(hs[1:].copy()), backward


def blocked_scan(x: Float[Array, "T B H"], a: Float[Array, "T B H"]) -> tuple[Ys, Callable[[Ys], Gradients]]:
    """h_t = a_t * h_{t-1} + x_t, h_0 = 0; backward in blocks of four steps, with one carry from block to block."""
    T = len(x)
    hs = np.zeros((T + 1, *x.shape[1:]), x.dtype)
    for t in range(T):
        hs[t + 1] = a[t] * hs[t] + x[t]

    def backward(d: Ys) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        a_next = np.concatenate((a[1:], 0 * a[:1]))
        dh, carry = np.zeros_like(hs[1:]), np.zeros_like(hs[0])
        for start in reversed(range(0, T, 4)):
            local, factor = 0 * carry, 1 + 0 * carry
            for t in reversed(range(start, min(start + 4, T))):
                local = dys[t] + a_next[t] * local
                factor = factor * a_next[t]
                dh[t] = local + factor * carry
            carry = dh[start]
        return {"x": dh, "a": dh * hs[:-1]}

    return Ys(hs[1:].copy()), backward


def zoneout(
    x: Float[Array, "T B H"], weight: Float[Array, "H H"], moves: Bool[Array, "T B H"]
) -> tuple[Ys, Callable[[Ys], Gradients]]:
    """h_t = tanh(x_t + W h_{t-1}) where the unit moves at that step, h_{t-1} where it does not."""
    masks = np.where(moves, 1, 0).astype(x.dtype)
    hs, ns = np.zeros((len(x) + 1, *x.shape[1:]), x.dtype), np.zeros_like(x)
    for t in range(len(x)):
        ns[t] = np.tanh(x[t] + hs[t] @ weight.T)
        hs[t + 1] = masks[t] * ns[t] + (1 - masks[t]) * hs[t]

    def backward(d: Ys) -> Gradients:
        dys = np.zeros_like(ns) if d.ys is None else d.ys
        dz, carry = np.zeros_like(ns), np.zeros_like(hs[0])
        for t in reversed(range(len(x))):
            mask = masks[t]
            dh = dys[t] + carry
            dz[t] = dh * mask * (1 - ns[t] * ns[t])
            carry = dz[t] @ weight + dh * (1 - mask)
        return {"x": dz, "weight": dz.reshape(-1, len(weight)).T @ hs[:-1].reshape(-1, len(weight))}

    return Ys(hs[1:].copy()), backward


def tied(x: Float[Array, "T B H"], weight: Float[Array, "H H"]) -> tuple[Ys, Callable[[Ys], Gradients]]:
    """y = W^T tanh(W x): two layers that share one weight."""
    H = len(weight)
    u = np.tanh(x @ weight.T)

    def backward(d: Ys) -> Gradients:
        dys = np.zeros_like(u) if d.ys is None else d.ys
        da = dys @ weight.T * (1 - u * u)
        upper, lower = u.reshape(-1, H).T @ dys.reshape(-1, H), da.reshape(-1, H).T @ x.reshape(-1, H)
        return {"x": da @ weight, "weight": upper + lower}

    return Ys(u @ weight), backward
