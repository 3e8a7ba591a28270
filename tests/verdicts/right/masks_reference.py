"""The twins of masks.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import masks
from tests.verdicts.right.twin import twin


@twin(masks.causal)
def causal(q, k, v):
    later = torch.ones(len(q), len(q), dtype=torch.bool).triu(1)
    return (q @ k.T / q.shape[1] ** 0.5).masked_fill(later, -torch.inf).softmax(dim=1) @ v


@twin(masks.masked_at_30)
def masked_at_30(logits, keep):
    return torch.where(keep, logits, -30).softmax(dim=1)


@twin(masks.masked_at_40)
def masked_at_40(logits, keep):
    return torch.where(keep, logits, -40).softmax(dim=1)


@twin(masks.masked_at_1e9)
def masked_at_1e9(logits, keep):
    return logits.masked_fill(~keep, -1e9).softmax(dim=1)


@twin(masks.mask_added)
def mask_added(scores, v, keep):
    return (scores - 35 * (~keep).to(scores.dtype)).softmax(dim=1) @ v


@twin(masks.masked_after)
def masked_after(scores, v, keep):
    e = torch.where(keep, scores.exp(), 0)
    return e @ v / (e.sum(dim=1, keepdim=True) + 1e-3)


@twin(masks.window)
def window(q, k, v, bias):
    ys = []
    for t in range(len(q)):
        first = max(0, t - 2)
        scores = (k[first : t + 1] * q[t]).sum(dim=1) + bias[: t + 1 - first].flip(0)
        ys.append((scores.softmax(dim=0)[:, None] * v[first : t + 1]).sum(dim=0))
    return torch.stack(ys)


@twin(masks.distance_bias)
def distance_bias(scores, v, slope):
    t = torch.arange(len(v))
    return (scores - functional.softplus(slope) * (t[:, None] - t).abs()).softmax(dim=1) @ v


@twin(masks.rotary)
def rotary(x, gain):
    H = len(gain)
    frequency = 100.0 ** (-torch.arange(H, dtype=torch.float64) / H)
    turn = torch.polar(torch.ones(len(x), H, dtype=torch.float64), torch.arange(len(x))[:, None] * frequency)
    cos, sin = turn.real.to(x.dtype)[:, None], turn.imag.to(x.dtype)[:, None]
    a, b = x[..., :H] * gain, x[..., H:] * gain
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


@twin(masks.positions_added)
def positions_added(x, table):
    ramp = torch.linspace(0, 1, x.shape[1], dtype=torch.float64).to(x.dtype)
    return torch.tanh(x + table + ramp[:, None])


@twin(masks.ragged_mean)
def ragged_mean(x, lengths):
    inside = torch.arange(len(x))[:, None] < lengths
    return torch.where(inside[..., None], x, 0).sum(dim=0) / lengths.clamp(min=1)[:, None]


@twin(masks.last_valid)
def last_valid(x, lengths):
    return torch.stack([row[length - 1] for row, length in zip(x, lengths, strict=True)])


@twin(masks.dropped)
def dropped(x, keep):
    return torch.where(keep, x / 0.75, 0)


@twin(masks.discounted_error)
def discounted_error(x, target):
    weight = 0.9 ** torch.arange(len(x), dtype=torch.float64)
    return (weight.to(x.dtype)[:, None, None] * (x - target).square()).sum() / 2
