"""The twins of imprecise.py under autograd, in forms that keep the digits."""

import torch
from torch.nn import functional

from tests.verdicts.right import imprecise
from tests.verdicts.right.twin import twin


@twin(imprecise.narrow_recurrence)
def narrow_recurrence(x, w):
    h, ys = torch.zeros_like(x[0]), []
    for x_t in x:
        h = torch.tanh(x_t + h @ w.T)
        ys.append(h)
    return torch.stack(ys)


@twin(imprecise.narrow_cache)
def narrow_cache(scores, v):
    return scores.softmax(dim=1) @ v


@twin(imprecise.narrow_product)
def narrow_product(x, w):
    return torch.tanh(x @ w.T)


@twin(imprecise.small_log)
def small_log(x):
    return torch.log1p(1e-4 * x.square())


@twin(imprecise.small_exponential)
def small_exponential(x):
    return torch.expm1(1e-4 * x)


@twin(imprecise.small_angle)
def small_angle(x):
    return 2 * torch.sin(1e-3 / 2 * x).square()


@twin(imprecise.one_pass_variance)
def one_pass_variance(x):
    return x.var(dim=1, correction=0)


@twin(imprecise.one_pass_covariance)
def one_pass_covariance(x, y):
    return ((x - x.mean(dim=0)) * (y - y.mean(dim=0))).mean(dim=0)


@twin(imprecise.expanded_distances)
def expanded_distances(a, b):
    return 0.01 * (a[:, None] - b).square().sum(dim=2)


@twin(imprecise.log_of_one_minus)
def log_of_one_minus(x):
    return functional.logsigmoid(12 + x.abs())


@twin(imprecise.difference_of_roots)
def difference_of_roots(x):
    return x.square() / (torch.sqrt(1e6 + x.square()) + 1000)


@twin(imprecise.scan_by_totals)
def scan_by_totals(x):
    h, ys = torch.zeros_like(x[0]), []
    for x_t in x:
        h = 0.65 * h + x_t
        ys.append(h)
    return torch.stack(ys)
