"""Elman's network with weights for each step: a plain loop."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class UnrolledOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def unrolled_rnn(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "T H I"],
    weight_hh: Float[Tensor, "T H H"],
    bias_ih: Float[Tensor, "T H"],
    bias_hh: Float[Tensor, "T H"],
    h_0: Float[Tensor, "B H"],
) -> UnrolledOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    h, ys = h_0, []
    for x_t, W_ih, W_hh, b_ih, b_hh in zip(x, weight_ih, weight_hh, bias_ih, bias_hh, strict=True):
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        ys.append(h)
    return UnrolledOutput(torch.stack(ys), h)
