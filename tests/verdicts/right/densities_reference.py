"""The twins of densities.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import densities
from tests.verdicts.right.twin import twin


@twin(densities.mixture)
def mixture(x, weight, mean, raw):
    sd = functional.softplus(raw) + 0.1
    return (weight.log_softmax(dim=0) - ((x[:, None] - mean) / sd).square() / 2 - sd.log()).logsumexp(dim=1)


@twin(densities.normalizing_flow)
def normalizing_flow(x, shift, log_scale):
    return x * log_scale.tanh().exp() + shift, log_scale.tanh().sum(dim=1)


@twin(densities.kalman)
def kalman(z, q, r, x_0):
    x, p, means = x_0, torch.ones_like(x_0), []
    for z_t in z:
        prior = p + functional.softplus(q)
        gain = prior / (prior + functional.softplus(r))
        x, p = x + gain * (z_t - x), gain * functional.softplus(r)
        means.append(x)
    return torch.stack(means), p


def positive(a):
    return a @ a.mT + torch.eye(a.shape[-1], dtype=a.dtype)


@twin(densities.solve_two)
def solve_two(a, b):
    return torch.linalg.solve(positive(a), b)


@twin(densities.solve)
def solve(a, b):
    return torch.linalg.solve(positive(a), b)


@twin(densities.log_determinant)
def log_determinant(a):
    return torch.logdet(positive(a))


@twin(densities.newton_root)
def newton_root(x):
    s = 1 + x.square()
    y = 1 / s
    for _ in range(5):
        y = y * (1.5 - 0.5 * s * y * y)
    return y


@twin(densities.power_iteration)
def power_iteration(w, u):
    return torch.linalg.vector_norm(w.T @ u) / torch.linalg.vector_norm(u)


@twin(densities.ridge)
def ridge(x, y):
    xc = x - x.mean()
    slope = xc.dot(y - y.mean()) / (xc.dot(xc) + 1)
    return slope, y.mean() - slope * x.mean()
