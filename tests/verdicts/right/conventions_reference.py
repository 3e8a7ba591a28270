"""The references of `conventions`."""

import math

import torch

from tests.verdicts.right import conventions
from tests.verdicts.right.twin import twin


@twin(conventions.gram)
def gram(x):
    return x @ x.T


@twin(conventions.differences)
def differences(x, w):
    return torch.stack([(x[b + 1] - x[b]) * w[b] for b in range(len(w))]) if len(w) else x[:-1] * w


@twin(conventions.two_views)
def two_views(x):
    first, second = x.chunk(2)
    return torch.linalg.vecdot(first, second)


@twin(conventions.bags)
def bags(table, ids, bag, w):
    return (
        torch.stack([w[b] * table[ids[bag == b]].sum(dim=0) for b in range(len(w))]) if len(w) else w[:, None] * table
    )


@twin(conventions.neighbours)
def neighbours(x, adj):
    near = adj | torch.eye(len(x), dtype=torch.bool)
    return torch.where(near[:, :, None], x[None], -math.inf).amax(dim=1)


@twin(conventions.ordered)
def ordered(x, w):
    return x.sort(dim=1).values @ w


@twin(conventions.larger)
def larger(a, b):
    return torch.maximum(a, b)


@twin(conventions.gate_at_zero)
def gate_at_zero(x, a):
    return torch.where(x > 0, a, 0 * a) + 0 * x


@twin(conventions.newton_reciprocal)
def newton_reciprocal(a):
    return 1 / (2 + a.tanh())


@twin(conventions.convolution)
def convolution(x, k):
    return torch.stack([(k[: t + 1].flip(0) * x[: t + 1]).sum() for t in range(len(x))]) if len(x) else x * k


@twin(conventions.ridge)
def ridge(a, b):
    return torch.linalg.solve(a.T @ a + torch.eye(a.shape[1], dtype=a.dtype), a.T @ b)


@twin(conventions.bisected_root)
def bisected_root(p):
    due, y = 3 + p.tanh(), torch.ones_like(p)
    for _ in range(12):
        y = y - (y + y**3 - due) / (1 + 3 * y * y)
    return y


@twin(conventions.bisected_entmax)
def bisected_entmax(z):
    return torch.stack([(row / 2 - find_threshold(row / 2)).clamp(min=0).square() for row in z]) if len(z) else z * 1


def find_threshold(row):
    """The threshold of the largest support whose smallest member is above it."""
    ordered = row.sort(descending=True).values
    for count in range(len(row), 1, -1):
        some = ordered[:count]
        rest = 1 - (some - some.mean()).square().sum()
        if rest > 0 and some.mean() - (rest / count).sqrt() < some[-1]:
            return some.mean() - (rest / count).sqrt()
    return ordered[0] - 1


@twin(conventions.bisected_root_and_line)
def bisected_root_and_line(p):
    return 4 * p + bisected_root(p).y
