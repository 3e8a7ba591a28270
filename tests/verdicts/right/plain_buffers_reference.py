"""The twins of plain_buffers.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import plain_buffers
from tests.verdicts.right.twin import twin


@twin(plain_buffers.elman)
def elman(x, w, u):
    h, ys = x.new_zeros(x.shape[1], len(w)), []
    for x_t in x:
        h = torch.tanh(x_t @ w.T + h @ u.T)
        ys.append(h)
    return torch.stack(ys)


@twin(plain_buffers.one_hot_cross_entropy)
def one_hot_cross_entropy(logits, labels):
    return torch.where(torch.arange(logits.shape[1]) == labels[:, None], -logits.log_softmax(dim=1), 0)


@twin(plain_buffers.scaled_attention)
def scaled_attention(q, k, v):
    return (q @ k.T / q.shape[1] ** 0.5).softmax(dim=1) @ v


@twin(plain_buffers.dropout_mask)
def dropout_mask(x, keep):
    return torch.where(keep, x.sin() * 1.25, 0)


@twin(plain_buffers.moving_filter)
def moving_filter(x, w):
    padded = functional.pad(x, (0, 0, 0, 0, 2, 0))
    return (padded.unfold(0, 3, 1) * w).sum(dim=3)


@twin(plain_buffers.narrow_mask)
def narrow_mask(x, keep):
    return torch.where(keep[..., None], x.tanh() / 2, 0)
