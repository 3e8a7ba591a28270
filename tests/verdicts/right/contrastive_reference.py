"""The twins of contrastive.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import contrastive
from tests.verdicts.right.twin import twin


def unit(x):
    return x / torch.linalg.vector_norm(x, dim=1, keepdim=True)


@twin(contrastive.cosine)
def cosine(a, b):
    return 1 - functional.cosine_similarity(a, b)


@twin(contrastive.cosine_matrix)
def cosine_matrix(a, b):
    return 10 * unit(a) @ unit(b).T


@twin(contrastive.triplet)
def triplet(anchor, near, far):
    gap = torch.linalg.vector_norm(anchor - near, dim=1) - torch.linalg.vector_norm(anchor - far, dim=1)
    return (gap + 1).relu().sum()


@twin(contrastive.triplet_cosine)
def triplet_cosine(anchor, near, far):
    a, n, f = unit(anchor), unit(near), unit(far)
    return functional.softplus((a * (f - n)).sum(dim=1))


@twin(contrastive.in_batch)
def in_batch(q, k):
    return functional.cross_entropy(q @ k.T, torch.arange(len(q)), reduction="none")


@twin(contrastive.image_text)
def image_text(image, text, raw):
    s, own = (3 + 2 * raw.tanh()) * unit(image) @ unit(text).T, torch.arange(len(image))
    return (functional.cross_entropy(s, own) + functional.cross_entropy(s.T, own)) / 2


@twin(contrastive.two_views)
def two_views(z):
    u = unit(z)
    s = (2 * u @ u.T).masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
    return functional.cross_entropy(s, torch.arange(len(z)).roll(len(z) // 2))


@twin(contrastive.supervised)
def supervised(z, labels):
    same = (labels[:, None] == labels).to(z.dtype)
    logp = (z @ z.T).log_softmax(dim=1)
    return -((same * logp).sum(dim=1) / same.sum(dim=1)).sum()


@twin(contrastive.redundancy)
def redundancy(a, b):
    c = (a - a.mean(dim=0)).T @ (b - b.mean(dim=0)) / len(a)
    eye = torch.eye(len(c), dtype=torch.bool)
    return torch.where(eye, (c - 1).square(), c.square() / 4).sum()


@twin(contrastive.centred_ranking)
def centred_ranking(score, relevance):
    return -(relevance.softmax(dim=0) * score.log_softmax(dim=0)).sum()


@twin(contrastive.pairwise_ranking)
def pairwise_ranking(score):
    return functional.softplus(score - score[:, None]).triu(1).sum()


@twin(contrastive.discrepancy)
def discrepancy(x, y):
    def kernel(a, b):
        return torch.exp(-(a[:, None] - b).square().sum(dim=2) / 2).mean()

    return kernel(x, x) + kernel(y, y) - 2 * kernel(x, y)


@twin(contrastive.cosine_distance)
def cosine_distance(a, b):
    return 1 - (a * b).sum(dim=1) / (a.square().sum(dim=1) * b.square().sum(dim=1)).sqrt()
