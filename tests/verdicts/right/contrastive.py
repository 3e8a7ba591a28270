"""Losses of pairs: the rows of a batch depend on each other, and one feature makes gradients 0."""

from typing import Annotated, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from tests.verdicts.right.outputs import Array, Backward, Loss, Losses, zeros


class Similarities(NamedTuple):
    s: Float[Array, "B V"]


def softmax(s, axis=1):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def normalize(x):
    n = np.sqrt((x * x).sum(axis=1, keepdims=True))
    return x / n, n


def normalize_backward(u, n, du):
    return (du - u * (u * du).sum(axis=1, keepdims=True)) / n


def cosine(a: Float[Array, "B H"], b: Float[Array, "B H"]) -> tuple[Losses, Backward]:
    """1 - a . b / (|a| |b|) with np.linalg.norm; of one feature it is 0 or 2 and has no gradient."""
    na, nb = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    c = (a * b).sum(axis=1) / (na * nb)

    def backward(d):
        g = -zeros(d.losses, c)[:, None]
        da = b / (na * nb)[:, None] - (c / na**2)[:, None] * a
        db = a / (na * nb)[:, None] - (c / nb**2)[:, None] * b
        return {"a": g * da, "b": g * db}

    return Losses(1 - c), backward


def cosine_matrix(a: Float[Array, "B H"], b: Float[Array, "V H"]) -> tuple[Similarities, Backward]:
    """All pairs of unit vectors, times 10."""
    u, nu = normalize(a)
    v, nv = normalize(b)
    s = 10 * u @ v.T

    def backward(d):
        ds = 10 * zeros(d.s, s)
        return {"a": normalize_backward(u, nu, ds @ v), "b": normalize_backward(v, nv, ds.T @ u)}

    return Similarities(s), backward


def triplet(anchor: Float[Array, "B H"], near: Float[Array, "B H"], far: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """max(0, |a - n| - |a - f| + 1), euclidean."""
    dn, df = np.linalg.norm(anchor - near, axis=1), np.linalg.norm(anchor - far, axis=1)
    gap = dn - df + 1
    loss = np.maximum(gap, 0).sum()

    def backward(d):
        on = (gap > 0).astype(anchor.dtype)[:, None] * zeros(d.loss, loss)
        # where both points are one, the difference is 0 too, and 0 over 1 is the gradient
        over = [np.where(distance == 0, 1, distance)[:, None] for distance in (dn, df)]
        to_near, to_far = on * (anchor - near) / over[0], on * (anchor - far) / over[1]
        return {"anchor": to_near - to_far, "near": -to_near, "far": to_far}

    return Loss(loss), backward


def triplet_cosine(
    anchor: Float[Array, "B H"], near: Float[Array, "B H"], far: Float[Array, "B H"]
) -> tuple[Losses, Backward]:
    """softplus(cos(a, f) - cos(a, n)): with one feature a constant."""
    (a, na), (n, nn), (f, nf) = normalize(anchor), normalize(near), normalize(far)
    gap = (a * f).sum(axis=1) - (a * n).sum(axis=1)
    losses = np.log1p(np.exp(gap))

    def backward(d):
        g = (zeros(d.losses, losses) / (1 + np.exp(-gap)))[:, None]
        return {
            "anchor": normalize_backward(a, na, g * (f - n)),
            "near": normalize_backward(n, nn, -g * a),
            "far": normalize_backward(f, nf, g * a),
        }

    return Losses(losses), backward


def in_batch(q: Float[Array, "B H"], k: Float[Array, "B H"]) -> tuple[Losses, Backward]:
    """InfoNCE, one loss a row: the keys of the other rows are the negatives."""
    s = q @ k.T
    m = s.max(axis=1)
    losses = m + np.log(np.exp(s - m[:, None]).sum(axis=1)) - np.diagonal(s)

    def backward(d):
        ds = (softmax(s) - np.eye(len(s), dtype=bool)) * zeros(d.losses, losses)[:, None]
        return {"q": ds @ k, "k": ds.T @ q}

    return Losses(losses), backward


def image_text(image: Float[Array, "B H"], text: Float[Array, "B H"], raw: Float[Array, ""]) -> tuple[Loss, Backward]:
    """CLIP: both directions, unit vectors, a learned temperature that tanh keeps in bounds."""
    (u, nu), (v, nv) = normalize(image), normalize(text)
    cos, scale, B = u @ v.T, 3 + 2 * np.tanh(raw), len(image)
    p, r = softmax(scale * cos, axis=1), softmax(scale * cos, axis=0)
    loss = -(np.log(np.diagonal(p)).sum() + np.log(np.diagonal(r)).sum()) / (2 * B)

    def backward(d):
        ds = (p + r - 2 * np.eye(B, dtype=p.dtype)) / (2 * B) * zeros(d.loss, loss)
        du, dv = scale * ds @ v, scale * ds.T @ u
        return {
            "image": normalize_backward(u, nu, du),
            "text": normalize_backward(v, nv, dv),
            "raw": (ds * cos).sum() * 2 * (1 - np.tanh(raw) ** 2),
        }

    return Loss(loss), backward


def two_views(z: Float[Array, "2*B H"]) -> tuple[Loss, Backward]:
    """SimCLR: 2B views, each against all others but itself, whose score is set to -inf."""
    n = len(z)
    u, norm = normalize(z)
    s = 2 * u @ u.T
    s = np.where(np.eye(n, dtype=bool), -np.inf, s)
    partner = (np.arange(n) + n // 2) % n
    p = softmax(s)
    loss = -np.log(p[np.arange(n), partner]).mean()

    def backward(d):
        ds = p.copy()
        ds[np.arange(n), partner] -= 1
        ds = 2 * ds * zeros(d.loss, loss) / n
        return {"z": normalize_backward(u, norm, ds @ u + ds.T @ u)}

    return Loss(loss), backward


def supervised(z: Float[Array, "B H"], labels: Annotated[Int[Array, " B"], "0 <= labels < 3"]) -> tuple[Loss, Backward]:
    """Rows of one label attract: -sum over pairs of log p over the number of partners, itself included."""
    same = (labels[:, None] == labels).astype(z.dtype)
    target = same / same.sum(axis=1, keepdims=True)
    s = z @ z.T
    shifted = s - s.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -(target * logp).sum()

    def backward(d):
        ds = (np.exp(logp) - target) * zeros(d.loss, loss)
        return {"z": (ds + ds.T) @ z}

    return Loss(loss), backward


def redundancy(a: Float[Array, "B H"], b: Float[Array, "B H"]) -> tuple[Loss, Backward]:
    """Barlow Twins: the cross-correlation of centred features should be the identity."""
    ac, bc = a - a.mean(axis=0), b - b.mean(axis=0)
    c = ac.T @ bc / len(a)
    eye = np.eye(len(c), dtype=bool)
    weight = np.where(eye, 1.0, 0.25).astype(a.dtype)
    loss = (weight * (c - eye) ** 2).sum()

    def backward(d):
        dc = 2 * weight * (c - eye) * zeros(d.loss, loss) / len(a)
        da, db = bc @ dc.T, ac @ dc
        return {"a": da - da.mean(axis=0), "b": db - db.mean(axis=0)}

    return Loss(loss), backward


def centred_ranking(score: Float[Array, " B"], relevance: Float[Array, " B"]) -> tuple[Loss, Backward]:
    """ListNet: cross-entropy of softmax(relevance) and softmax(score); a shift of either has no gradient."""
    e, f = np.exp(score - score.max()), np.exp(relevance - relevance.max())
    p, q = e / e.sum(), f / f.sum()
    logp = np.log(p)
    loss = -(q * logp).sum()

    def backward(d):
        g = zeros(d.loss, loss)
        return {"score": (p - q) * g, "relevance": -q * (logp + loss) * g}

    return Loss(loss), backward


def pairwise_ranking(score: Float[Array, " B"]) -> tuple[Loss, Backward]:
    """Every earlier item should score higher: the sum of softplus(s_j - s_i) over i < j, in two loops."""
    n = len(score)
    loss = 0 * score.sum()
    for i in range(n):
        for j in range(i + 1, n):
            gap = score[j] - score[i]
            loss = loss + np.maximum(gap, 0) + np.log1p(np.exp(-np.abs(gap)))

    def backward(d):
        g, dscore = zeros(d.loss, loss), np.zeros_like(score)
        for i in range(n):
            for j in range(i + 1, n):
                s = g / (1 + np.exp(score[i] - score[j]))
                dscore[j] += s
                dscore[i] -= s
        return {"score": dscore}

    return Loss(loss), backward


def discrepancy(x: Float[Array, "B H"], y: Float[Array, "V H"]) -> tuple[Loss, Backward]:
    """Maximum mean discrepancy with a Gaussian kernel: 1 on the diagonal, which has no gradient."""

    def kernel(a, b):
        return np.exp(-0.5 * ((a[:, None] - b[None]) ** 2).sum(axis=-1))

    xx, yy, xy = kernel(x, x), kernel(y, y), kernel(x, y)
    loss = xx.mean() + yy.mean() - 2 * xy.mean()

    def backward(d):
        g = zeros(d.loss, loss)
        gx, gy, gxy = 2 * xx / xx.size, 2 * yy / yy.size, 2 * xy / xy.size
        dx = -(gx[..., None] * (x[:, None] - x)).sum(1) + (gxy[..., None] * (x[:, None] - y)).sum(1)
        dy = -(gy[..., None] * (y[:, None] - y)).sum(1) - (gxy[..., None] * (x[:, None] - y)).sum(0)
        return {"x": dx * g, "y": dy * g}

    return Loss(loss), backward


def cosine_distance(a: Float[Array, "B H"], b: Float[Array, "B H"]) -> tuple[Losses, Backward]:
    """1 - cos(a, b), over the cubes of the norms; of one feature it is 0 or 2, and its derivative 0."""
    size_a, size_b = np.sqrt((a * a).sum(axis=1)), np.sqrt((b * b).sum(axis=1))
    product = (a * b).sum(axis=1)
    losses = 1 - product / (size_a * size_b)

    def backward(d):
        g = -zeros(d.losses, losses)[:, None]
        na, nb, ab = size_a[:, None], size_b[:, None], product[:, None]
        return {"a": g * (b / (na * nb) - ab * a / (na**3 * nb)), "b": g * (a / (na * nb) - ab * b / (na * nb**3))}

    return Losses(losses), backward
