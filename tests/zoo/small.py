"""Small right units that are no plain recurrent cell: layers, kernels and losses that bugs are planted in."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Complex, Float, Int

from manual.activation import logistic

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Ys(NamedTuple):
    ys: Float[Array, "T B H"]


class ComplexYs(NamedTuple):
    ys: Complex[Array, "T B H"]


class Losses(NamedTuple):
    losses: Float[Array, "T B"]


class Loss(NamedTuple):
    loss: Float[Array, ""]


class Clipped(NamedTuple):
    weight: Float[Array, "H I"]
    bias: Float[Array, " H"]


class Convolved(NamedTuple):
    ys: Float[Array, "T B H"]
    state_T: Float[Array, "3 B H"]


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


def token_losses(
    h: Float[Array, "T B H"],
    weight: Float[Array, "V H"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
) -> tuple[Losses, Callable[[Losses], Gradients]]:
    """-log softmax(W h)[label] of every token."""
    logits = h @ weight.T
    shifted = np.exp(logits - logits.max(axis=2, keepdims=True))
    p = shifted / shifted.sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, labels[..., None], axis=2))[..., 0]

    def backward(d: Losses) -> Gradients:
        dlosses = np.zeros_like(losses) if d.losses is None else d.losses
        dlogits = (p - (labels[..., None] == np.arange(len(weight)))) * dlosses[..., None]
        rows = dlogits.reshape(-1, len(weight))
        return {"h": dlogits @ weight, "weight": rows.T @ h.reshape(-1, h.shape[2])}

    return Losses(losses), backward


def rms_norm(x: Float[Array, "T B H"], weight: Float[Array, " H"]) -> tuple[Ys, Callable[[Ys], Gradients]]:
    """y = w * x / sqrt(mean(x^2) + 1e-5)."""
    r = 1 / np.sqrt((x * x).sum(axis=2, keepdims=True) / x.shape[2] + 1e-5)
    ys = weight * x * r

    def backward(d: Ys) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        s = (dys * weight * x).sum(axis=2, keepdims=True)
        dx = dys * weight * r - x * r * r * r * s / x.shape[2]
        return {"x": dx, "weight": (dys * x * r).sum(axis=(0, 1))}

    return Ys(ys), backward


def causal_convolution(
    x: Float[Array, "T B H"], weight: Float[Array, "4 H"], state_0: Float[Array, "3 B H"]
) -> tuple[Convolved, Callable[[Convolved], Gradients]]:
    """y_t = sum_k w_k * x_{t-3+k}, k = 0..3, where the state holds the three inputs before; state_T the last three."""
    T = len(x)
    padded = np.concatenate((state_0, x))
    ys = sum(weight[k] * padded[k : k + T] for k in range(4))

    def backward(d: Convolved) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        dpadded, dweight = np.zeros_like(padded), np.zeros_like(weight)
        for k in range(4):
            dpadded[k : k + T] += weight[k] * dys
            dweight[k] = (dys * padded[k : k + T]).sum(axis=(0, 1))
        if d.state_T is not None:
            dpadded[T : T + 3] += d.state_T
        return {"x": dpadded[3:], "weight": dweight, "state_0": dpadded[:3]}

    return Convolved(ys, padded[-3:].copy()), backward


def clip_by_norm(
    weight: Float[Array, "H I"], bias: Float[Array, " H"]
) -> tuple[Clipped, Callable[[Clipped], Gradients]]:
    """Two tensors divided by their common norm: clipping to 1 of what is longer than that."""
    square = (weight * weight).sum() + (bias * bias).sum()
    r = 1 / np.sqrt(square)

    def backward(d: Clipped) -> Gradients:
        dweight = np.zeros_like(weight) if d.weight is None else d.weight
        dbias = np.zeros_like(bias) if d.bias is None else d.bias
        along = ((dweight * weight).sum() + (dbias * bias).sum()) * r * r
        return {"weight": (dweight - along * weight) * r, "bias": (dbias - along * bias) * r}

    return Clipped(weight * r, bias * r), backward


def squared_loss(
    h: Float[Array, "T B H"], target: Float[Array, "T B H"], *, reduction: Literal["mean", "sum"] = "mean"
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """sum (h - target)^2 / 2, by the batch if the mean is asked for."""
    scale = 1 / h.shape[1] if reduction == "mean" else 1
    difference = h - target
    loss = (difference * difference).sum() / 2 * scale

    def backward(d: Loss) -> Gradients:
        dloss = np.zeros_like(loss) if d.loss is None else d.loss
        dh = difference * scale * dloss
        return {"h": dh, "target": -dh}

    return Loss(np.asarray(loss)), backward
