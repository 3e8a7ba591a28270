"""Layers in both directions over rows of different lengths, by a loop in which a state moves while its row lasts."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

Step = Callable[[Tensor, Tensor, int], Tensor]


def both_ways(step: Step, x: Tensor, h_0: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor]:
    """ys (T, B, 2H) and h_n (2L, B, H) of x (T, B, I) and h_0 (2L, B, H); step(x_t, h, k) runs the k-th cell."""
    T, B = x.shape[:2]
    ends = torch.full((B,), T) if lengths is None else lengths
    h_n, ys = [], x
    for k in range(0, len(h_0), 2):
        forward, h = one_way(step, ys, h_0[k], k, ends, range(T))
        reverse, r = one_way(step, ys, h_0[k + 1], k + 1, ends, reversed(range(T)))
        ys = torch.cat((forward, reverse), dim=2)
        h_n += [h, r]
    return ys, torch.stack(h_n)


def one_way(step: Step, x: Tensor, h: Tensor, k: int, ends: Tensor, times: Iterable[int]) -> tuple[Tensor, Tensor]:
    ys = {}
    for t in times:
        inside = (t < ends)[:, None]
        h = torch.where(inside, step(x[t], h, k), h)
        ys[t] = torch.where(inside, h, 0)
    return torch.stack([ys[t] for t in range(len(x))]), h
