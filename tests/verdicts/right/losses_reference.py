"""The twins of losses.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import losses
from tests.verdicts.right.twin import twin


@twin(losses.cross_entropy)
def cross_entropy(logits, labels, reduction="mean"):
    return functional.cross_entropy(logits, labels, reduction=reduction)


@twin(losses.cross_entropy_with_sentinel)
def cross_entropy_with_sentinel(logits, labels):
    total = functional.cross_entropy(logits, labels, ignore_index=-1, reduction="sum")
    return total / (labels >= 0).sum().clamp(min=1)


@twin(losses.cross_entropy_of_few)
def cross_entropy_of_few(logits, labels):
    return functional.cross_entropy(logits, labels, ignore_index=-1, reduction="sum")


@twin(losses.smoothed)
def smoothed(logits, labels):
    return functional.cross_entropy(logits, labels, label_smoothing=0.125, reduction="none")


@twin(losses.focal)
def focal(logits, labels):
    logp = logits.log_softmax(dim=1).gather(1, labels[:, None])
    return -((1 - logp.exp()).square() * logp).sum()


@twin(losses.binary_cross_entropy)
def binary_cross_entropy(z, target):
    return functional.binary_cross_entropy_with_logits(z, target.sigmoid())


@twin(losses.weighted_binary)
def weighted_binary(z, hit, weight):
    y, w = hit.to(z.dtype), weight.square()
    return (w * y * functional.softplus(-z) + (1 - y) * functional.softplus(z)).sum()


@twin(losses.huber)
def huber(x, target):
    return functional.huber_loss(x, target, reduction="sum")


@twin(losses.huber_by_parts)
def huber_by_parts(x):
    return functional.huber_loss(x, torch.zeros_like(x), delta=0.5, reduction="none").sum(dim=1)


@twin(losses.absolute_error)
def absolute_error(x, target, keep):
    n = (keep.sum() * x.shape[2]).clamp(min=1)
    return torch.where(keep[..., None], (x - target).abs(), 0).sum() / n


@twin(losses.log_cosh)
def log_cosh(x):
    return x.cosh().log().sum()


@twin(losses.hinge)
def hinge(scores, labels):
    own = scores.gather(1, labels[:, None])
    return ((scores - own + 1).relu().sum() - len(scores)) / len(scores)


@twin(losses.pinball)
def pinball(x, target):
    r = target - x
    return torch.maximum(0.9 * r, (0.9 - 1) * r).sum()


@twin(losses.gaussian)
def gaussian(mean, raw, x):
    var = functional.softplus(raw) + 0.01
    return (var.log() + (x - mean).square() / var).sum() / 2


@twin(losses.divergence)
def divergence(p_logits, q_logits):
    return functional.kl_div(
        q_logits.log_softmax(dim=1), p_logits.log_softmax(dim=1), log_target=True, reduction="none"
    ).sum(dim=1)


@twin(losses.prior_divergence)
def prior_divergence(mu, logvar):
    return (mu.square() + logvar.exp() - 1 - logvar).sum() / 2 / len(mu)


@twin(losses.dice)
def dice(z, hit):
    p, y = z.sigmoid(), hit.to(z.dtype)
    return 1 - (2 * (p * y).sum(dim=1) + 1) / (p.sum(dim=1) + y.sum(dim=1) + 1)


@twin(losses.policy_gradient)
def policy_gradient(logits, actions, reward):
    logp = -functional.cross_entropy(logits, actions, reduction="none")
    return -(logp * (reward - reward.mean())).sum()
