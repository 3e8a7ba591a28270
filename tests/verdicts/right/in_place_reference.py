"""The twins of in_place.py under autograd."""

import torch

from tests.verdicts.right import in_place
from tests.verdicts.right.twin import twin


@twin(in_place.softmax_in_place)
def softmax_in_place(x):
    return x.softmax(dim=1)


@twin(in_place.relu_in_place)
def relu_in_place(x):
    return x.relu()


@twin(in_place.accumulated)
def accumulated(x, w, b):
    return torch.tanh(x @ w.T + b).sum(dim=0)


@twin(in_place.embedding_mean)
def embedding_mean(table, tokens):
    return torch.nn.functional.embedding(tokens, table).mean(dim=0)


@twin(in_place.segment_sum)
def segment_sum(x, owner, w):
    return w * torch.zeros_like(w).index_add(0, owner, x)


@twin(in_place.swapped_columns)
def swapped_columns(x, w):
    return x * w.flip(0)


@twin(in_place.residual_in_place)
def residual_in_place(x, w, v):
    hidden = x + torch.tanh(x @ w.T)
    return hidden + torch.tanh(hidden @ v.T), hidden


@twin(in_place.scatter_last)
def scatter_last(x, slot, memory):
    rows = list(memory)
    for x_t, b in zip(x, slot, strict=True):
        rows[b] = x_t
    return torch.stack(rows)


@twin(in_place.two_buffers)
def two_buffers(x, h_0):
    h, ys = h_0, []
    for x_t in x:
        h = torch.tanh(h + x_t)
        ys.append(h)
    return torch.stack(ys)


@twin(in_place.masked_fill)
def masked_fill(x, keep, fill):
    return torch.where(keep, x, fill)


@twin(in_place.gradients_in_a_dict)
def gradients_in_a_dict(x, w):
    return x.sin() * w


@twin(in_place.weight_decay)
def weight_decay(w, b):
    return 0.005 * w.square().sum()
