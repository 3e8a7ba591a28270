"""Layers in both directions over rows of different lengths: what is past the end of a row comes last both ways."""

from collections.abc import Callable

import torch
from torch import Tensor

Layer = Callable[[Tensor, Tensor, int], Tensor]


def both_ways(layer: Layer, x: Tensor, h_0: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor]:
    """ys (T, B, 2H) and h_n (2L, B, H) of x (T, B, I) and h_0 (2L, B, H); layer(x, h, k) gives the ys of the k-th."""
    T, B = x.shape[:2]
    t, ends = torch.arange(T)[:, None], torch.full((B,), T) if lengths is None else lengths
    orders = (t.expand(T, B), torch.where(t < ends, ends - 1 - t, t))
    rows, h_n = torch.arange(B), []
    for k in range(0, len(h_0), 2):
        both = []
        for direction, order in enumerate(orders):
            ys = layer(x[order, rows], h_0[k + direction], k + direction)
            h_n.append(ys[ends - 1, rows])
            both.append(torch.where((t < ends)[..., None], ys[order, rows], 0))
        x = torch.cat(both, dim=2)
    return x, torch.stack(h_n)
