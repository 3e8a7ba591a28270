"""A GRU in which the loss at each step reaches back at most tau steps: each output by the brute force of its window."""

from typing import Annotated, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from .gru import GRUOutput, gru


def windowed_gru(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "3*H I"],
    weight_hh: Float[Tensor, "3*H H"],
    bias_ih: Float[Tensor, "3*H"],
    bias_hh: Float[Tensor, "3*H"],
    tau: Annotated[int, "1 <= tau <= T // 8 + 2"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
) -> GRUOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    start = x.new_zeros(x.shape[1], weight_hh.shape[1]) if h_0 is None else h_0
    with torch.no_grad():
        states = gru(x, *parameters, start, reset=reset).ys
    ys = []
    for end in range(1, len(x) + 1):
        begin = max(end - tau, 0)
        h = states[begin - 1] if begin else start
        ys.append(gru(x[begin:end], *parameters, h, reset=reset).h_T)
    return GRUOutput(torch.stack(ys), ys[-1])
