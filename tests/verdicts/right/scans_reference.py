"""The twins of scans.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import scans
from tests.verdicts.right.twin import twin


def recurrence(a, x):
    h, hs = torch.zeros_like(x[0]), []
    for a_t, x_t in zip(a, x, strict=True):
        h = a_t * h + x_t
        hs.append(h)
    return torch.stack(hs)


@twin(scans.cumulative_sum)
def cumulative_sum(x, gain):
    return x.cumsum(dim=0) * gain[:, None]


@twin(scans.moving_average)
def moving_average(x):
    return torch.stack([x[max(0, t - 3) : t + 1].mean(dim=0) for t in range(len(x))])


@twin(scans.cumulative_product)
def cumulative_product(gate, start):
    h, ys = start, []
    for g in gate.sigmoid():
        h = h * g
        ys.append(h)
    return torch.stack(ys)


@twin(scans.doubling)
def doubling(x, gate):
    return recurrence(gate.sigmoid(), x)


@twin(scans.chunked)
def chunked(x, gate):
    return recurrence(gate.sigmoid(), x)


@twin(scans.state_space)
def state_space(u, log_a, dt, c):
    h, ys = u.new_zeros(u.shape[1], len(c)), []
    for u_t in u:
        h = torch.exp(-functional.softplus(log_a) * dt.sigmoid()) * h + dt.sigmoid() * u_t[:, None]
        ys.append(h @ c)
    return torch.stack(ys)


@twin(scans.retention)
def retention(q, k, v):
    t = torch.arange(len(q))
    lag = (t[:, None] - t).clamp(min=0)
    decay = torch.where(t[:, None] >= t, 0.875 ** lag.to(q.dtype), 0)
    return (q @ k.T * decay) @ v


@twin(scans.advantages)
def advantages(reward, value):
    running, found = torch.zeros_like(reward[0]), []
    for t in reversed(range(len(reward))):
        running = reward[t] + 0.9 * value[t + 1] - value[t] + 0.9 * 0.8 * running
        found.insert(0, running)
    return torch.stack(found), torch.stack(found) + value[:-1]


@twin(scans.forward_algorithm)
def forward_algorithm(emission, transition, start):
    alpha = start + emission[0]
    for e in emission[1:]:
        alpha = (alpha[:, :, None] + transition).logsumexp(dim=1) + e
    return alpha.logsumexp(dim=1)


@twin(scans.chain_score)
def chain_score(emission, transition, tags):
    return emission.gather(1, tags[:, None]).sum() + transition[tags[:-1], tags[1:]].sum()


@twin(scans.soft_alignment)
def soft_alignment(cost):
    N, M = cost.shape
    r = {}
    for i in range(N):
        for j in range(M):
            before = [r[k] for k in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if k in r]
            r[i, j] = cost[i, j] - (torch.logsumexp(-torch.stack(before), 0) if before else 0)
    return r[N - 1, M - 1]


@twin(scans.horner)
def horner(coefficients, x):
    z = x.tanh()
    return sum(c * z ** (len(coefficients) - 1 - t) for t, c in enumerate(coefficients))
