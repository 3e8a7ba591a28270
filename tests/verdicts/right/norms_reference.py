"""The twins of norms.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import norms
from tests.verdicts.right.twin import twin


def standardize(x, dim, eps):
    var, mean = torch.var_mean(x, dim=dim, correction=0, keepdim=True)
    return (x - mean) * torch.rsqrt(var + eps)


@twin(norms.layer_norm)
def layer_norm(x, gain, bias):
    return functional.layer_norm(x, gain.shape, gain, bias)


@twin(norms.layer_norm_in_steps)
def layer_norm_in_steps(x, gain):
    return functional.layer_norm(x, gain.shape, gain, eps=1e-3)


@twin(norms.shift_before_layer_norm)
def shift_before_layer_norm(x, shift, offset):
    return functional.layer_norm(x + shift[:, None] + offset, x.shape[1:], eps=1e-3)


@twin(norms.bias_before_batch_norm)
def bias_before_batch_norm(x, weight, bias):
    return standardize(functional.linear(x, weight, bias), 0, 1e-2)


@twin(norms.batch_norm)
def batch_norm(x, gain, bias):
    return standardize(x, 0, 1e-3) * gain + bias


@twin(norms.batch_norm_steps)
def batch_norm_steps(x, gain):
    return standardize(x, (0, 1), 1e-3) * gain


@twin(norms.centred_over_batch)
def centred_over_batch(x):
    return x - x.mean(dim=0, keepdim=True)


@twin(norms.rms_norm)
def rms_norm(x, gain):
    return x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + 1e-6) * gain


@twin(norms.group_norm)
def group_norm(x, gain):
    return (standardize(x.reshape(len(x), 2, -1), 2, 1e-3) * gain[:, None]).reshape(x.shape)


@twin(norms.instance_norm)
def instance_norm(x):
    return standardize(x, 0, 1e-3)


@twin(norms.unit_rows)
def unit_rows(x):
    return x / x.square().sum(dim=1, keepdim=True).sqrt()


@twin(norms.p_norm)
def p_norm(x, p=1):
    return x / torch.linalg.vector_norm(x, ord=p, dim=1, keepdim=True)


@twin(norms.weight_norm)
def weight_norm(v, g):
    return g[:, None] * functional.normalize(v, dim=1)


@twin(norms.modulated_norm)
def modulated_norm(x, style, w_gain, w_shift):
    centred = x - x.mean(dim=1, keepdim=True)
    n = centred * torch.rsqrt(centred.square().sum(dim=1, keepdim=True) / (x.shape[1] + 1) + 0.01)
    return n * (1 + style @ w_gain.T) + style @ w_shift.T


@twin(norms.unit_rows_by_cube)
def unit_rows_by_cube(x):
    return functional.normalize(x, dim=1)
