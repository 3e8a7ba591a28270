"""The twins of running.py under autograd."""

import torch

from tests.verdicts.right import running
from tests.verdicts.right.twin import twin


@twin(running.running_batch_norm)
def running_batch_norm(x, gain, mean_0, var_0):
    var, mean = torch.var_mean(x, dim=0, correction=0)
    return gain * (x - mean) / torch.sqrt(var + 1e-2), mean_0.lerp(mean, 0.1), var_0.lerp(var, 0.1)


@twin(running.cumulative_mean)
def cumulative_mean(x, m_0):
    m, ys = m_0, []
    for t, x_t in enumerate(x):
        m = (t * m + x_t) / (t + 1)
        ys.append(m)
    return torch.stack(ys), m


@twin(running.decaying_recurrence)
def decaying_recurrence(x, w, m_0):
    h, ys = m_0, []
    for t, x_t in enumerate(x):
        h = torch.tanh(x_t + h / (t + 1) @ w.T)
        ys.append(h)
    return torch.stack(ys), h


@twin(running.bias_corrected_average)
def bias_corrected_average(x, m_0):
    m, ys = m_0, []
    for t, x_t in enumerate(x):
        m = 0.9 * m + (1 - 0.9) * x_t
        ys.append(m / (1 - 0.9 ** (t + 1)))
    return torch.stack(ys), m


@twin(running.adam_direction)
def adam_direction(g, m_0, v_0):
    m, v, ys = m_0, v_0.square(), []
    for t, g_t in enumerate(g):
        m, v = 0.8 * m + (1 - 0.8) * g_t, 0.9 * v + (1 - 0.9) * g_t.square()
        ys.append(m / (1 - 0.8 ** (t + 1)) * torch.rsqrt(v / (1 - 0.9 ** (t + 1)) + 0.01))
    return torch.stack(ys), m, v


@twin(running.running_variance)
def running_variance(x):
    return torch.stack([x[: t + 1].var(dim=0, correction=0) for t in range(len(x))])


@twin(running.running_maximum)
def running_maximum(x):
    return x.cummax(dim=0).values


@twin(running.momentum_descent)
def momentum_descent(target, w_0, rate):
    w, v = w_0, torch.zeros_like(w_0)
    for t, goal in enumerate(target):
        v = 0.5 * v + w - goal
        w = w - rate.sigmoid() / 2 * v / (t + 1) ** 0.5
    return w


@twin(running.time_fed)
def time_fed(x, w, m_0):
    h, ys = m_0, []
    for t, x_t in enumerate(x):
        h = torch.sigmoid(x_t + w * (t / len(x))) * h + x_t
        ys.append(h)
    return torch.stack(ys), h
