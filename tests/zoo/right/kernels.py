"""Right units without recurrence, kernels and losses: bugs of these are planted in them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Ys(NamedTuple):
    ys: Float[Array, "T B H"]


class Attended(NamedTuple):
    ys: Float[Array, "T H"]


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


def dropped_attention(
    scores: Float[Array, "T S"], values: Float[Array, "S H"], keep: Bool[Array, "T S"]
) -> tuple[Attended, Callable[[Attended], Gradients]]:
    """y_t = sum_s p_ts v_s with p = softmax(scores), and dropout of one half on p."""
    mask = np.where(keep, 2, 0).astype(scores.dtype)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = shifted / shifted.sum(axis=1, keepdims=True)
    dropped = p * mask
    ys = dropped @ values

    def backward(d: Attended) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        dp = dys @ values.T * mask
        return {"scores": p * (dp - (dp * p).sum(axis=1, keepdims=True)), "values": dropped.T @ dys}

    return Attended(ys), backward
