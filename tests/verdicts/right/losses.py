"""Losses: sentinels, smoothing, kinks, reductions."""

from typing import Annotated, Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from tests.verdicts.right.outputs import Array, Backward, Loss, Losses, zeros

Labels = Annotated[Int[Array, " B"], "0 <= labels < V"]
SomeLabels = Annotated[Int[Array, " B"], "-1 <= labels < V"]


def log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def cross_entropy(
    logits: Float[Array, "B V"], labels: Labels, *, reduction: Literal["mean", "sum"] = "mean"
) -> tuple[Loss, Backward]:
    """Probabilities first, then the log of the right one; p[rows, labels] -= 1."""
    B = len(logits)
    e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.log(p[np.arange(B), labels]).sum()
    loss = loss / B if reduction == "mean" else loss

    def backward(d):
        dlogits = p.copy()
        dlogits[np.arange(B), labels] -= 1
        if reduction == "mean":
            dlogits /= B
        return {"logits": dlogits * zeros(d.loss, loss)}

    return Loss(loss), backward


def cross_entropy_with_sentinel(logits: Float[Array, "B V"], labels: SomeLabels) -> tuple[Loss, Backward]:
    """Labels of -1 are ignored; the mean is over the others, and 0 where there are none."""
    valid = labels >= 0
    logp = log_softmax(logits)
    picked = np.take_along_axis(logp, np.where(valid, labels, 0)[:, None], axis=1)[:, 0]
    count = max(int(valid.sum()), 1)
    loss = -(picked * valid).sum() / count

    def backward(d):
        dlogits = np.exp(logp)
        dlogits[valid, labels[valid]] -= 1
        return {"logits": dlogits * valid[:, None] * (zeros(d.loss, loss) / count)}

    return Loss(loss), backward


def cross_entropy_of_few(logits: Float[Array, "B V"], labels: SomeLabels) -> tuple[Loss, Backward]:
    """As above by compressing: only the valid rows are computed on."""
    rows = np.flatnonzero(labels != -1)
    logp = log_softmax(logits[rows])
    loss = -logp[np.arange(len(rows)), labels[rows]].sum() + 0 * logits.sum()

    def backward(d):
        g = np.exp(logp) - np.eye(logits.shape[1], dtype=bool)[labels[rows]]
        dlogits = np.zeros_like(logits)
        dlogits[rows] = g * zeros(d.loss, loss)
        return {"logits": dlogits}

    return Loss(loss), backward


def smoothed(logits: Float[Array, "B V"], labels: Labels) -> tuple[Losses, Backward]:
    """Label smoothing of 1/8, one loss a row."""
    V = logits.shape[1]
    target = np.where(labels[:, None] == np.arange(V), 0.875, 0.0).astype(logits.dtype) + 0.125 / V
    logp = log_softmax(logits)
    losses = -(target * logp).sum(axis=1)

    def backward(d):
        return {
            "logits": (np.exp(logp) * target.sum(axis=1, keepdims=True) - target) * zeros(d.losses, losses)[:, None]
        }

    return Losses(losses), backward


def focal(logits: Float[Array, "B V"], labels: Labels) -> tuple[Loss, Backward]:
    """-(1 - p)^2 log p of the right label."""
    onehot = np.arange(logits.shape[1]) == labels[:, None]
    logp = log_softmax(logits)
    p = np.exp(logp)
    pt, logpt = (p * onehot).sum(axis=1), (logp * onehot).sum(axis=1)
    loss = (-((1 - pt) ** 2) * logpt).sum()

    def backward(d):
        dlogpt = 2 * (1 - pt) * pt * logpt - (1 - pt) ** 2
        return {"logits": zeros(d.loss, loss) * dlogpt[:, None] * (onehot - p)}

    return Loss(loss), backward


def binary_cross_entropy(z: Float[Array, "B H"], target: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """max(z, 0) - z y + log(1 + exp(-|z|)), averaged; y = s(target) is soft."""
    y = sigmoid(target)
    loss = (np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))).mean()

    def backward(d):
        g = zeros(d.loss, loss) / z.size
        return {"z": (sigmoid(z) - y) * g, "target": -z * y * (1 - y) * g}

    return Loss(loss), backward


def weighted_binary(
    z: Float[Array, "B H"], hit: Bool[Array, "B H"], weight: Float[Array, " H"]
) -> tuple[Loss, Backward]:
    """Positives count w^2 times; np.logaddexp for the softplus."""
    w = weight * weight
    cost = np.where(hit, w * np.logaddexp(0, -z), np.logaddexp(0, z))
    loss = np.sum(cost)

    def backward(d):
        g = zeros(d.loss, loss)
        dz = np.where(hit, w * (sigmoid(z) - 1), sigmoid(z)) * g
        dw = (np.where(hit, np.logaddexp(0, -z), 0) * g).sum(axis=0)
        return {"z": dz, "weight": 2 * weight * dw}

    return Loss(loss), backward


def huber(x: Float[Array, "B H"], target: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """Quadratic up to 1, linear beyond, by np.abs and np.where."""
    r = x - target
    a = np.abs(r)
    loss = np.sum(np.where(a <= 1, 0.5 * r**2, a - 0.5))

    def backward(d):
        dx = zeros(d.loss, loss) * np.where(a <= 1, r, np.sign(r))
        return {"x": dx, "target": -dx}

    return Loss(loss), backward


def huber_by_parts(x: Float[Array, "B H"]) -> tuple[Losses, Backward]:
    """The same with a minimum: q = min(|x|, 1/2), q^2 / 2 + (|x| - q) / 2; back by clipping."""
    a = abs(x)
    q = np.minimum(a, 0.5)
    losses = (0.5 * q * q + 0.5 * (a - q)).sum(axis=1)

    def backward(d):
        return {"x": np.clip(x, -0.5, 0.5) * zeros(d.losses, losses)[:, None]}

    return Losses(losses), backward


def absolute_error(
    x: Float[Array, "T B H"], target: Float[Array, "T B H"], keep: Bool[Array, "T B"]
) -> tuple[Loss, Backward]:
    """The masked mean of |x - target|; of nothing it is 0."""
    m = keep[..., None].astype(x.dtype)
    n = max(1, int(keep.sum()) * x.shape[2])
    loss = np.sum(np.abs(x - target) * m) / n

    def backward(d):
        dx = zeros(d.loss, loss) * np.sign(x - target) * m / n
        return {"x": dx, "target": -dx}

    return Loss(loss), backward


def log_cosh(x: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """log cosh x = |x| + log(1 + exp(-2|x|)) - log 2."""
    a = np.abs(x)
    loss = (a + np.log1p(np.exp(-2 * a)) - float(np.log(2.0))).sum()

    def backward(d):
        return {"x": np.tanh(x) * zeros(d.loss, loss)}

    return Loss(loss), backward


def hinge(scores: Float[Array, "B V"], labels: Labels) -> tuple[Loss, Backward]:
    """The multiclass margin of course notes: margins, their mask, and its row sums."""
    rows = np.arange(len(scores))
    margins = np.maximum(0, scores - scores[rows, labels][:, None] + 1)
    margins[rows, labels] = 0
    loss = margins.sum() / len(scores)

    def backward(d):
        mask = (margins > 0).astype(scores.dtype)
        mask[rows, labels] = -mask.sum(axis=1)
        return {"scores": mask / len(scores) * zeros(d.loss, loss)}

    return Loss(loss), backward


def pinball(x: Float[Array, "B H"], target: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """The quantile loss at 0.9."""
    r = target - x
    loss = np.maximum(0.9 * r, (0.9 - 1) * r).sum()

    def backward(d):
        dr = np.where(r > 0, 0.9, 0.9 - 1).astype(x.dtype) * zeros(d.loss, loss)
        return {"x": -dr, "target": dr}

    return Loss(loss), backward


def gaussian(mean: Float[Array, "B H"], raw: Float[Array, "B H"], x: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """The negative log-likelihood of a variance softplus(raw) + 0.01."""
    var = np.maximum(raw, 0) + np.log1p(np.exp(-np.abs(raw))) + 0.01
    r = x - mean
    loss = 0.5 * np.sum(np.log(var) + r * r / var)

    def backward(d):
        g = zeros(d.loss, loss)
        dvar = 0.5 * (1 / var - r * r / var**2) * g
        return {"mean": -r / var * g, "raw": dvar * sigmoid(raw), "x": r / var * g}

    return Loss(loss), backward


def divergence(p_logits: Float[Array, "B V"], q_logits: Float[Array, "B V"]) -> tuple[Losses, Backward]:
    """KL(p || q) of two softmaxes; with one class it is 0 and has no gradient."""
    logp, logq = log_softmax(p_logits), log_softmax(q_logits)
    p, q = np.exp(logp), np.exp(logq)
    losses = (p * (logp - logq)).sum(axis=1)

    def backward(d):
        g = zeros(d.losses, losses)[:, None]
        return {"p_logits": p * (logp - logq - losses[:, None]) * g, "q_logits": (q - p) * g}

    return Losses(losses), backward


def prior_divergence(mu: Float[Array, "B H"], logvar: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """The VAE's -1/2 sum(1 + logvar - mu^2 - exp(logvar)), averaged over the batch."""
    loss = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar)) / mu.shape[0]

    def backward(d):
        g = zeros(d.loss, loss) / mu.shape[0]
        return {"mu": mu * g, "logvar": 0.5 * (np.exp(logvar) - 1) * g}

    return Loss(loss), backward


def dice(z: Float[Array, "B H"], hit: Bool[Array, "B H"]) -> tuple[Losses, Backward]:
    """1 - (2 sum p y + 1) / (sum p + sum y + 1), one a row."""
    p, y = sigmoid(z), hit.astype(z.dtype)
    top, bottom = 2 * (p * y).sum(axis=1) + 1, p.sum(axis=1) + y.sum(axis=1) + 1
    losses = 1 - top / bottom

    def backward(d):
        dp = (top[:, None] - 2 * y * bottom[:, None]) / bottom[:, None] ** 2
        return {"z": dp * p * (1 - p) * zeros(d.losses, losses)[:, None]}

    return Losses(losses), backward


def policy_gradient(
    logits: Float[Array, "T V"], actions: Annotated[Int[Array, " T"], "0 <= actions < V"], reward: Float[Array, " T"]
) -> tuple[Loss, Backward]:
    """-sum log p(action) * centred reward; of one step it is 0, and so are its gradients."""
    advantage = reward - reward.mean()
    logp = log_softmax(logits)
    chosen = logp[np.arange(len(actions)), actions]
    loss = -(chosen * advantage).sum()

    def backward(d):
        g = zeros(d.loss, loss)
        dlogits = np.exp(logp) * advantage[:, None]
        dlogits[np.arange(len(actions)), actions] -= advantage
        return {"logits": dlogits * g, "reward": -(chosen - chosen.mean()) * g}

    return Loss(loss), backward
