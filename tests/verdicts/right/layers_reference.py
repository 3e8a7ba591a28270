"""The twins of layers.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import layers
from tests.verdicts.right.twin import twin


@twin(layers.bilinear)
def bilinear(x, w, z, b):
    return functional.bilinear(x, z, w, b)


@twin(layers.factorization_machine)
def factorization_machine(x, v):
    terms = x[:, :, None] * v
    return sum((terms[:, i] * terms[:, :i].sum(dim=1) for i in range(x.shape[1])), 0 * terms[:, 0])


@twin(layers.experts)
def experts(x, w, gate):
    p = (x @ gate.T).softmax(dim=1)
    return (p[:, :, None] * (w @ x.T).permute(2, 0, 1)).sum(dim=1)


@twin(layers.fast_weights)
def fast_weights(k, v, q):
    M = q.new_zeros(len(q), len(q))
    for key, value in zip(k, v, strict=True):
        M = M + torch.outer(value - M @ key, key) / (1 + key.dot(key))
    return M @ q


@twin(layers.convolution)
def convolution(x, w, b):
    return functional.conv1d(x, w, b)


@twin(layers.convolution_by_windows)
def convolution_by_windows(x, w):
    return functional.conv1d(x, w)


@twin(layers.upsampled)
def upsampled(x, edge):
    padded = torch.cat((edge[None], x, edge[None]))
    return torch.lerp(padded[1:], padded[:-1], 0.5)


@twin(layers.max_over_time)
def max_over_time(x):
    return x.max(dim=1).values


@twin(layers.average_pool)
def average_pool(x):
    return (x[::2] + x[1::2]) / 2


@twin(layers.highway)
def highway(x, w, v, b):
    s = torch.sigmoid(functional.linear(x, v, b))
    return s * torch.tanh(x @ w.T) + (1 - s) * x


@twin(layers.tied_autoencoder)
def tied_autoencoder(x, w, b):
    return torch.tanh(x @ w.T) @ w + b


@twin(layers.adapter)
def adapter(x, w, a, b):
    return x @ (w + b @ a / 2).T


@twin(layers.batch_first_mlp)
def batch_first_mlp(x, w_1, b_1, w_2):
    return (x @ w_1 + b_1).relu() @ w_2


@twin(layers.squared_distances)
def squared_distances(a, b):
    return (a[:, None] - b).square().sum(dim=2)


@twin(layers.orthogonality)
def orthogonality(w):
    return (w @ w.T - torch.eye(len(w), dtype=w.dtype)).square().sum() / 4


@twin(layers.graph_layer)
def graph_layer(x, adjacency, w):
    return adjacency.softmax(dim=1) @ (x @ w)
